/**
 * A parser that walks a grammar's network (ATN), instead of code that ANTLR has made of it: a fraction of the size, and fast, since
 * where one token decides the choice is a look into a table.
 *
 * Predictions that need more are prediction.ts's. The tree is the one that generated code would make (contexts.ts). The walk keeps
 * no stack of calls: nesting is bounded by its user. The first error ends it, as in PostgreSQL.
 */
import type { DatabaseError } from "../../common/error.ts";
import { type ContextClass, contextClasses } from "./contexts.ts";
import { addAll, END, hasToken, type Network, type NetworkState, readNetwork } from "./network.ts";
import { type RuleContext, TerminalNode } from "./parse-tree.ts";
import { Predictor, STATES_MAX } from "./prediction.ts";
import { TokenSets } from "./token-sets.ts";
import { EOF, type TextToken, type TextTokenStream } from "./tokens.ts";

/** Makes the error for a token that cannot stand where it does; `context` is the rule that met it. */
export type SyntaxErrorOf = (token: TextToken, context: RuleContext) => DatabaseError;

/** What the build makes of a grammar. */
export interface Grammar {
  readonly ruleNames: readonly string[];
  /** Beginning with that of token 0, which is none. */
  readonly tokenNames: readonly string[];
  readonly network: string;
  /** State of the network at which a rule is called whose context goes to that field of the caller's. */
  readonly labels: Readonly<Record<number, string>>;
  /** Accessors of the contexts of its rules. */
  readonly accessors: string;
}

/** An entry of a decision's table: the simulator must decide. */
const ASK = 0;

/** What a state of the walk asks for; states that ask for nothing are skipped. */
const STOP = 0;
const MATCH = 1;
const CALL = 2;
const DECIDE = 3;
const PASS = 4;

/** One for each grammar, whatever it parses: it keeps what it has learned of decisions. */
export class AtnParser {
  readonly #grammar: Grammar;
  readonly #errorOf: SyntaxErrorOf;
  readonly #contexts: readonly ContextClass[];
  readonly #network: Network;
  /** By state: what it asks for, and where its (first) transition leads. */
  readonly #asks: Uint8Array;
  readonly #targets: Uint16Array;
  /** By number of the decision: the alternative for each token, made when the decision is met first. */
  readonly #tables: (Uint8Array | undefined)[];
  readonly #tokens: TokenSets;
  readonly #predictor: Predictor;

  constructor(grammar: Grammar, errorOf: SyntaxErrorOf, statesMax: number = STATES_MAX) {
    this.#grammar = grammar;
    this.#errorOf = errorOf;
    this.#contexts = contextClasses(grammar.accessors, grammar.ruleNames, grammar.tokenNames);
    this.#network = readNetwork(grammar.network);
    const states = this.#network.states;
    this.#asks = Uint8Array.from(states, (state) => asksFor(state));
    this.#targets = Uint16Array.from(states, (state) => targetOf(state));
    this.#tokens = new TokenSets(this.#network);
    this.#tables = new Array(this.#network.decisions.length).fill(undefined);
    this.#predictor = new Predictor(this.#network, errorOf, statesMax);
  }

  /**
   * The tree of the grammar's first rule for the tokens from the stream's place on. `isExact`: predictions know the calls that they
   * are in (LL instead of SLL). Throws the first error.
   */
  parse(stream: TextTokenStream, isExact: boolean): RuleContext {
    const states = this.#network.states;
    const asks = this.#asks;
    const targets = this.#targets;
    const root = this.#enter(0, null, -1, stream);
    let context = root;
    let number = this.#network.starts[0]!.number;
    for (;;) {
      const state = states[number]!;
      switch (asks[number]) {
        case MATCH: {
          const token = stream.LT(1);
          if (!hasToken(state.transitions[0]!.tokens!, Math.max(token.type, END))) throw this.#errorOf(token, context);
          context.children.push(new TerminalNode(token));
          if (token.type === EOF) context.stop = token;
          stream.consume();
          number = targets[number]!;
          break;
        }
        case CALL: {
          const { rule } = state.transitions[0]!.target;
          const called = this.#enter(rule, context, number, stream);
          const label = this.#grammar.labels[number];
          if (label !== undefined) (context as unknown as Record<string, RuleContext>)[label] = called;
          context.children.push(called);
          context = called;
          number = targets[number]!;
          break;
        }
        case DECIDE:
          number = state.transitions[this.#decide(state, stream, context, isExact) - 1]!.target.number;
          break;
        case STOP: {
          context.stop ??= stream.LT(-1);
          if (context.parent === null) return root;
          number = states[context.invokingState]!.transitions[0]!.follow!.number;
          context = context.parent;
          break;
        }
        default:
          number = targets[number]!;
      }
    }
  }

  #enter(rule: number, parent: RuleContext | null, invokingState: number, stream: TextTokenStream): RuleContext {
    const context = new this.#contexts[rule]!(parent, invokingState);
    context.start = stream.LT(1);
    return context;
  }

  #decide(state: NetworkState, stream: TextTokenStream, context: RuleContext, isExact: boolean): number {
    let table = this.#tables[state.decision];
    if (table === undefined) {
      table = this.#tableOf(state);
      this.#tables[state.decision] = table;
    }
    const alternative = table[Math.max(stream.LA(1), END)]!;
    return alternative !== ASK ? alternative : this.#predictor.predict(stream, state, context, isExact);
  }

  /**
   * The alternative for each token that can begin or follow only one; ASK for others. A token that fits none goes to the empty
   * alternative, if there is one: what comes behind it finds the error. So does the end of the text.
   */
  #tableOf(state: NetworkState): Uint8Array {
    const table = new Uint8Array(this.#network.tokenMax + 1);
    const shared: number[] = [];
    let empty = ASK;
    for (const [index, transition] of state.transitions.entries()) {
      const { tokens, empty: ends } = this.#tokens.first(transition.target);
      if (ends) {
        empty = empty === ASK ? index + 1 : ASK;
        addAll(tokens, this.#tokens.following(state.rule));
      }
      for (let token = 0; token < table.length; token++) {
        if (!hasToken(tokens, token)) continue;
        if (table[token] !== ASK) shared.push(token);
        table[token] = index + 1;
      }
    }
    if (empty !== ASK) for (const [token, alternative] of table.entries()) table[token] = alternative || empty;
    for (const token of shared) table[token] = ASK;
    return table;
  }
}

function asksFor(state: NetworkState | null): number {
  // Optimising the grammar has left numbers of states behind that nothing leads to.
  if (state === null || state.isStop || state.transitions.length === 0) return STOP;
  if (state.decision >= 0 && state.transitions.length > 1) return DECIDE;
  const { tokens, follow } = state.transitions[0]!;
  if (follow !== undefined) return CALL;
  return tokens === undefined ? PASS : MATCH;
}

/** Where the first transition leads, behind all states that ask for nothing. */
function targetOf(state: NetworkState | null): number {
  if (state === null || asksFor(state) === STOP) return 0;
  let { target } = state.transitions[0]!;
  while (asksFor(target) === PASS) target = target.transitions[0]!.target;
  return target.number;
}
