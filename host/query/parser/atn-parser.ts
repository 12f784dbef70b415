/**
 * A parser that walks a grammar's network (ATN), instead of code that ANTLR has made of it: a fraction of the size, and fast, since
 * where one token decides the choice is a look into a table.
 *
 * Predictions that need more are antlr4ng's (`ParserATNSimulator`), with its caches. The tree is the one that
 * generated code would make (contexts.ts). The walk keeps no stack of calls: nesting is bounded by its user.
 *
 * Not there, because our grammars have none of it: actions, predicates, left recursion, recovery.
 */
import {
  type ATN,
  ATNSimulator,
  type ATNState,
  DecisionState,
  DFA,
  type DFAState,
  Parser,
  ParserATNSimulator,
  type ParserRuleContext,
  PredictionContextCache,
  RecognitionException,
  RuleStopState,
  type RuleTransition,
  Token,
  type TokenStream,
  Transition,
  Vocabulary,
} from "antlr4ng";
import { DatabaseError } from "../../common/error.ts";
import { type ContextClass, contextClasses } from "./contexts.ts";
import { readNetwork, unpackNetwork } from "./network.ts";
import { addAll, hasToken, TokenSets } from "./token-sets.ts";

/** What the build makes of a grammar. */
export interface Grammar {
  readonly ruleNames: string[];
  /** Beginning with that of token 0, which is none. */
  readonly tokenNames: readonly string[];
  readonly network: string;
  /** State of the network at which a rule is called whose context goes to that field of the caller's. */
  readonly labels: Readonly<Record<number, string>>;
  /** Accessors of the contexts of its rules. */
  readonly accessors: string;
}

/**
 * How much the automata may learn before they are begun anew (`learned`): about 10 MB. The statements of the corpus together teach
 * them 1,200, fifty thousand random walks through the whole grammar 2,500.
 */
export const LEARNED_MAX = 30_000;

/** An entry of a decision's table: the simulator must decide. */
const ASK = 0;

/** Where a decision's table has the end of the text, which is no token. */
const END = 0;

/** What a state of the walk asks for; states that ask for nothing are skipped. */
const STOP = 0;
const MATCH_ONE = 1;
const MATCH_SET = 2;
const CALL = 3;
const DECIDE = 4;

export class AtnParser extends Parser {
  readonly #grammar: Grammar;
  readonly #contexts: readonly ContextClass[];
  readonly #network: ATN;
  /** By state: what it asks for, and where its (first) transition leads. */
  readonly #asks: Uint8Array;
  readonly #targets: Uint16Array;
  /** By number of the decision: the alternative for each token, made when the decision is met first. */
  readonly #tables: (Uint8Array | undefined)[];
  readonly #tokens: TokenSets;
  readonly #greedy: ReadonlySet<number>;

  /** `greedy`: rules that take what they can (`#tableOf`). */
  constructor(grammar: Grammar, input: TokenStream, greedy: readonly string[] = []) {
    super(input);
    this.#grammar = grammar;
    this.#contexts = contextClasses(grammar.accessors, grammar.ruleNames, grammar.tokenNames);
    this.#network = readNetwork(grammar.network);
    const states = this.#network.states;
    this.#asks = Uint8Array.from(states, (state) => asksFor(state));
    this.#targets = Uint16Array.from(states, (state) => targetOf(state));
    this.#tokens = new TokenSets(this.#network);
    this.#tables = new Array(this.#network.decisionToState.length).fill(undefined);
    this.#greedy = new Set(greedy.map((rule) => grammar.ruleNames.indexOf(rule)));
    this.interpreter = new LearningSimulator(this);
  }

  override get atn(): ATN {
    return this.#network;
  }

  override get ruleNames(): string[] {
    return this.#grammar.ruleNames;
  }

  override get grammarFileName(): string {
    return "";
  }

  override get serializedATN(): number[] {
    return unpackNetwork(this.#grammar.network);
  }

  override get vocabulary(): Vocabulary {
    return Vocabulary.EMPTY_VOCABULARY;
  }

  /** What the automata have learned of statements: contexts in their states, and edges. */
  get learned(): number {
    return this.interpreter instanceof LearningSimulator ? this.interpreter.learned : 0;
  }

  /**
   * Begins the automata anew if they have learned too much: statements that make the parser look ahead through nested brackets teach
   * it something new for ever.
   */
  boundMemory(): void {
    if (this.learned > LEARNED_MAX) this.interpreter = new LearningSimulator(this);
  }

  /** The tree of the grammar's first rule. Errors go to the error strategy, which must throw. */
  parse(): ParserRuleContext {
    const root = new this.#contexts[0]!(null, -1);
    this.enterRule(root, this.#network.ruleToStartState[0]!.stateNumber, 0);
    try {
      this.#walk(root);
    } catch (error) {
      if (error instanceof RecognitionException) this.errorHandler.recover(this, error);
      throw error;
    }
    this.exitRule();
    return root;
  }

  /** From the state that the parser is in to the end of the root's rule. */
  #walk(root: ParserRuleContext): void {
    const states = this.#network.states;
    const asks = this.#asks;
    const targets = this.#targets;
    for (;;) {
      const number = this.state;
      switch (asks[number]) {
        case MATCH_ONE:
          this.match(states[number]!.transitions[0]!.label!.minElement);
          this.state = targets[number]!;
          break;
        case MATCH_SET: {
          const transition = states[number]!.transitions[0]!;
          if (!transition.matches(this.tokenStream.LA(1), Token.MIN_USER_TOKEN_TYPE, 65535)) this.errorHandler.recoverInline(this);
          this.consume();
          this.state = targets[number]!;
          break;
        }
        case CALL:
          this.#call(states[number]!);
          break;
        case DECIDE: {
          const state = states[number] as DecisionState;
          this.state = state.transitions[this.#decide(state) - 1]!.target.stateNumber;
          break;
        }
        case STOP:
          if (this.context === root) return;
          this.exitRule();
          this.state = (states[this.state]!.transitions[0] as RuleTransition).followState.stateNumber;
          break;
        default:
          this.state = targets[number]!;
      }
    }
  }

  #call(state: ATNState): void {
    const rule = state.transitions[0]!.target.ruleIndex;
    const context = new this.#contexts[rule]!(this.context, state.stateNumber);
    const label = this.#grammar.labels[state.stateNumber];
    if (label !== undefined) (this.context as unknown as Record<string, ParserRuleContext>)[label] = context;
    this.enterRule(context, this.#targets[state.stateNumber]!, rule);
  }

  #decide(state: DecisionState): number {
    let table = this.#tables[state.decision];
    if (table === undefined) {
      table = this.#tableOf(state);
      this.#tables[state.decision] = table;
    }
    const alternative = table[Math.max(this.tokenStream.LA(1), END)]!;
    return alternative !== ASK ? alternative : this.interpreter.adaptivePredict(this.tokenStream, state.decision, this.context);
  }

  /**
   * The alternative for each token that can begin or follow only one; ASK for others. A token that fits none goes to the empty
   * alternative, if there is one: what comes behind it finds the error. So does the end of the text.
   *
   * A greedy rule ends only where a token cannot belong to it, whatever may follow: the longest match, without a look ahead.
   */
  #tableOf(state: DecisionState): Uint8Array {
    const table = new Uint8Array(this.#network.maxTokenType + 1);
    const shared: number[] = [];
    let empty = ASK;
    for (const [index, transition] of state.transitions.entries()) {
      const { tokens, empty: ends } = this.#tokens.first(transition.target);
      if (ends) {
        empty = empty === ASK ? index + 1 : ASK;
        if (!this.#greedy.has(state.ruleIndex)) addAll(tokens, this.#tokens.following(state.ruleIndex));
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

/** antlr4ng's prediction, which counts what its automata have learned. */
class LearningSimulator extends ParserATNSimulator {
  /** Contexts in the states of the automata. */
  learned = 0;

  constructor(parser: AtnParser) {
    const automata = parser.atn.decisionToState.map((state, decision) => new DFA(state, decision));
    super(parser, parser.atn, automata, new PredictionContextCache());
  }

  /** Also called for a state that the automaton has, and for that of errors, which has no contexts: an edge to it is learned. */
  protected override addDFAState(dfa: DFA, newState: DFAState): DFAState {
    const state = super.addDFAState(dfa, newState);
    this.learned += state === newState && state !== ATNSimulator.ERROR ? newState.configs.length : 1;
    return state;
  }
}

/** Nothing, behind the last of the constants above: an epsilon transition. */
const PASS = 5;

function asksFor(state: ATNState | null): number {
  // Optimising the grammar has left numbers of states behind that nothing leads to.
  if (state === null || state.transitions.length === 0 || state instanceof RuleStopState) return STOP;
  if (state instanceof DecisionState && state.transitions.length > 1) return DECIDE;
  switch (state.transitions[0]?.transitionType) {
    case Transition.EPSILON:
      return PASS;
    case Transition.ATOM:
      return MATCH_ONE;
    case Transition.RANGE:
    case Transition.SET:
    case Transition.NOT_SET:
      return MATCH_SET;
    case Transition.RULE:
      return CALL;
    default:
      throw new DatabaseError("INTERNAL", "the grammar has a transition that its parser does not know");
  }
}

/** Where the first transition leads, behind all states that ask for nothing. */
function targetOf(state: ATNState | null): number {
  if (state === null || asksFor(state) === STOP) return 0;
  let target = state.transitions[0]!.target;
  while (asksFor(target) === PASS) target = target.transitions[0]!.target;
  return target.stateNumber;
}
