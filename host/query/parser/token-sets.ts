/**
 * Which tokens can begin what, and follow what, in a grammar's network: FIRST and FOLLOW (Aho, Lam, Sethi, Ullman 2006, section
 * 4.4). antlr4ng computes the same without remembering what it knows of rules, which takes a hundred times as long for a grammar
 * whose expressions can begin with each of two hundred words.
 *
 * A set is a list of words with a bit for each token. Requires: no rule begins with itself. Sets of rules are computed when they
 * are first asked for and kept.
 */
import { type ATN, type ATNState, RuleStopState, type RuleTransition, Transition } from "antlr4ng";

export type TokenSet = Int32Array;

export interface FirstTokens {
  readonly tokens: TokenSet;
  /** The end of the rule can be reached without a token. */
  readonly empty: boolean;
}

export class TokenSets {
  readonly #network: ATN;
  readonly #words: number;
  /** By rule. */
  readonly #first: (FirstTokens | undefined)[] = [];
  #following: readonly TokenSet[] | undefined;

  constructor(network: ATN) {
    this.#network = network;
    this.#words = (network.maxTokenType >> 5) + 1;
  }

  /** Tokens that can come first from a state on, up to the end of its rule. */
  first(state: ATNState): FirstTokens {
    const tokens = new Int32Array(this.#words);
    const visited = new Set<ATNState>();
    const open: ATNState[] = [state];
    let empty = false;
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (visited.has(next)) continue;
      visited.add(next);
      if (next instanceof RuleStopState) {
        empty = true;
        continue;
      }
      for (const transition of next.transitions) {
        if (transition.transitionType === Transition.RULE) {
          const called = this.#firstOfRule(transition.target.ruleIndex);
          addAll(tokens, called.tokens);
          if (called.empty) open.push((transition as RuleTransition).followState);
        } else if (transition.label) addLabel(tokens, transition);
        else open.push(transition.target);
      }
    }
    return { tokens, empty };
  }

  /** Tokens that can follow a rule, wherever it is called. */
  following(rule: number): TokenSet {
    this.#following ??= this.#allFollowing();
    return this.#following[rule] as TokenSet;
  }

  #firstOfRule(rule: number): FirstTokens {
    const known = this.#first[rule];
    if (known !== undefined) return known;
    const first = this.first(this.#network.ruleToStartState[rule] as ATNState);
    this.#first[rule] = first;
    return first;
  }

  #allFollowing(): readonly TokenSet[] {
    const following = this.#network.ruleToStopState.map(() => new Int32Array(this.#words));
    // [rule, caller]: the rule can be the last of its caller, so what follows the caller follows it.
    const last: [number, number][] = [];
    for (const stop of this.#network.ruleToStopState) {
      for (const { target } of stop?.transitions ?? []) {
        const first = this.first(target);
        addAll(following[stop!.ruleIndex]!, first.tokens);
        if (first.empty) last.push([stop!.ruleIndex, target.ruleIndex]);
      }
    }
    for (let changed = true; changed; ) {
      changed = false;
      for (const [rule, caller] of last) if (addAll(following[rule]!, following[caller]!)) changed = true;
    }
    return following;
  }
}

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

/** Adds the tokens of a transition; the end of the text (-1) is none. */
function addLabel(set: TokenSet, transition: Transition): void {
  for (const { start, stop } of transition.label!) {
    for (let token = Math.max(start, 1); token <= stop; token++) set[token >> 5]! |= 1 << (token & 31);
  }
}
