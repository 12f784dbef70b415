/**
 * The network (ATN) of a grammar, from the text that the build made of it (host/build/grammar-network.mjs has the format): states, and
 * transitions that consume a token, call a rule, or do nothing. Terence Parr, Sam Harwell, Kathleen Fisher: Adaptive LL(*) Parsing
 * (2014), section 3.
 *
 * 1. Token sets are lists of words with a bit for each token; END stands for the end of the text.
 * 2. A rule's last state has a transition to each state that follows a call of the rule.
 * 3. Not there, because our grammars have none of it: actions, predicates, wildcards, negated sets, precedence.
 */
import { DatabaseError } from "../../common/error.ts";
import { PackedNumbers } from "./packed-numbers.ts";

/** Bits of tokens, bit 0 for the end of the text. */
export type TokenSet = Int32Array;

export interface Transition {
  readonly target: NetworkState;
  /** What it consumes; undefined when it consumes nothing. */
  readonly tokens: TokenSet | undefined;
  /** Where the rule that it calls returns to; undefined when it calls none. */
  readonly follow: NetworkState | undefined;
}

export interface NetworkState {
  readonly number: number;
  readonly rule: number;
  /** The last one of its rule. */
  readonly isStop: boolean;
  /** Number of the decision that is made here; -1: none. */
  decision: number;
  readonly transitions: Transition[];
}

export interface Network {
  readonly tokenMax: number;
  /** By number; null for numbers that optimising the grammar has left behind. */
  readonly states: readonly (NetworkState | null)[];
  /** By rule. */
  readonly starts: readonly NetworkState[];
  /** By rule. */
  readonly stops: readonly NetworkState[];
  /** By decision. */
  readonly decisions: readonly NetworkState[];
}

/** The end of the text in sets of tokens and tables. */
export const END = 0;

/** Fields of a transition in ANTLR's format. */
const FIELDS = 6;

const STATE_INVALID = 0;
const STATE_RULE_STOP = 7;
const STATE_LOOP_END = 12;
const STATE_BLOCK_STARTS: readonly number[] = [3, 4, 5];

const EPSILON = 1;
const RANGE = 2;
const RULE = 3;
const ATOM = 5;
const SET = 7;

/** Requires: the text is what the build has made. */
export function readNetwork(text: string): Network {
  return new NetworkReader(unpackNetwork(text)).read();
}

/** The list of numbers that ANTLR's tool had written. */
export function unpackNetwork(text: string): number[] {
  const reader = new PackedNumbers(text);
  const numbers = reader.list(reader.next());
  const count = reader.next();
  numbers.push(count);
  const sources = reader.differences(count);
  const targets = sources.map((source) => source + reader.signed());
  const types = reader.list(count);
  const columns = [sources, targets, types, ...[3, 4, 5].map(() => reader.differences(count))];
  for (let index = 0; index < count; index++) for (let field = 0; field < FIELDS; field++) numbers.push(columns[field]![index]!);
  numbers.push(...reader.list(reader.next()));
  return numbers;
}

/** Reads ANTLR's format 4 of a parser's network. */
class NetworkReader {
  readonly #numbers: readonly number[];
  #at = 0;
  #tokenMax = 0;
  #words = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  read(): Network {
    // Version, and that it is a parser's.
    this.#at += 2;
    this.#tokenMax = this.#next();
    this.#words = (this.#tokenMax >> 5) + 1;
    const states = this.#list((number) => this.#state(number));
    const stateOf = (): NetworkState => states[this.#next()]!;
    // States without greed and states of precedence, which there are none of.
    this.#list(stateOf);
    this.#list(stateOf);
    const starts = this.#list(stateOf);
    // Modes, which a lexer has.
    this.#list(stateOf);
    const sets = this.#list(() => this.#set());
    this.#list(() => stateOf().transitions.push(this.#transition(stateOf(), states, sets)));
    const decisions = this.#list((decision) => Object.assign(stateOf(), { decision }));
    return { tokenMax: this.#tokenMax, states, starts, stops: linkReturns(states), decisions };
  }

  #next(): number {
    return this.#numbers[this.#at++]!;
  }

  #list<T>(read: (index: number) => T): T[] {
    return Array.from({ length: this.#next() }, (_, index) => read(index));
  }

  #state(number: number): NetworkState | null {
    const type = this.#next();
    if (type === STATE_INVALID) return null;
    const rule = this.#next();
    // The other end of a loop or block.
    if (type === STATE_LOOP_END || STATE_BLOCK_STARTS.includes(type)) this.#at++;
    return { number, rule, isStop: type === STATE_RULE_STOP, decision: -1, transitions: [] };
  }

  #set(): TokenSet {
    const count = this.#next();
    const ends = this.#next();
    const set = ends === 0 ? new Int32Array(this.#words) : this.#tokens(END, END);
    for (let range = 0; range < count; range++) addAll(set, this.#tokens(this.#next(), this.#next()));
    return set;
  }

  #transition(target: NetworkState, states: Network["states"], sets: readonly TokenSet[]): Transition {
    const type = this.#next();
    const [first, second, third] = [this.#next(), this.#next(), this.#next()];
    switch (type) {
      case EPSILON:
        return { target, tokens: undefined, follow: undefined };
      case RULE:
        return { target: states[first]!, tokens: undefined, follow: target };
      case ATOM:
        return { target, tokens: third === 0 ? this.#tokens(first, first) : this.#tokens(END, END), follow: undefined };
      case RANGE:
        return { target, tokens: this.#tokens(third === 0 ? first : END, second), follow: undefined };
      case SET:
        return { target, tokens: sets[first]!, follow: undefined };
      default:
        throw new DatabaseError("INTERNAL", "the grammar has a transition that its parser does not know");
    }
  }

  #tokens(first: number, last: number): TokenSet {
    const set = new Int32Array(this.#words);
    for (let token = first; token <= last; token++) set[token >> 5]! |= 1 << (token & 31);
    return set;
  }
}

/** Gives the last states of rules their transitions; answers them by rule. */
function linkReturns(states: Network["states"]): readonly NetworkState[] {
  const stops: NetworkState[] = [];
  for (const state of states) if (state?.isStop) stops[state.rule] = state;
  for (const state of states) {
    for (const { target, follow } of state?.transitions ?? []) {
      if (follow !== undefined) stops[target.rule]!.transitions.push({ target: follow, tokens: undefined, follow: undefined });
    }
  }
  return stops;
}

/** Whether a set has a token, given as in sets. */
export function hasToken(set: TokenSet, token: number): boolean {
  return (set[token >> 5]! & (1 << (token & 31))) !== 0;
}

/** Adds all of `more`; true when the set has grown. */
export function addAll(set: TokenSet, more: TokenSet): boolean {
  let grown = false;
  for (let word = 0; word < set.length; word++) {
    const both = set[word]! | more[word]!;
    if (both !== set[word]) grown = true;
    set[word] = both;
  }
  return grown;
}
