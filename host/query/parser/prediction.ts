/**
 * Which alternative of a decision a parser takes, by as many tokens as that needs: ALL(*), as ANTLR 4 does it. Parr, Harwell, Fisher:
 * Adaptive LL(*) Parsing (2014), section 5; what it leaves open is as in ANTLR's runtime, whose answers are ours (prediction.test.ts).
 *
 * 1. SLL: without the calls that the decision is in. What a text has taught is kept as an automaton for each decision; when all
 *    automata have more than STATES_MAX states, all are begun anew, so that no text makes them grow for ever.
 * 2. LL: where SLL meets a conflict it starts again with the calls that the decision is in, and nothing of it is kept.
 * 3. Of alternatives that all fit the first one is taken. When none fits, one that could have ended in front of the wrong token is,
 *    so that the error is found behind it.
 */
import { type Configuration, onlyAlternative, Stepper } from "./configurations.ts";
import { END, type Network, type NetworkState } from "./network.ts";
import type { RuleContext } from "./parse-tree.ts";
import { BOTTOM, type Stack, StackGraph } from "./stack-graph.ts";
import type { TextToken, TextTokenStream } from "./tokens.ts";

/** What is met when no alternative fits. */
export type NoAlternative = (token: TextToken, context: RuleContext) => Error;

/** States of all automata of a grammar. */
export const STATES_MAX = 10_000;

/** A state of an automaton: what tokens lead to. */
interface AutomatonState {
  readonly configurations: readonly Configuration[];
  /** By token as in sets. */
  readonly next: Map<number, AutomatonState | undefined>;
  /** 0: more tokens are needed. */
  readonly prediction: number;
  /** The prediction is one of several that fit. */
  readonly isConflict: boolean;
}

export class Predictor {
  readonly #network: Network;
  readonly #noAlternative: NoAlternative;
  readonly #statesMax: number;
  #steps: Stepper;
  /** First states of automata by decision; by their configurations all states. */
  #starts = new Map<NetworkState, AutomatonState>();
  #states = new Map<string, AutomatonState>();

  constructor(network: Network, noAlternative: NoAlternative, statesMax: number) {
    this.#network = network;
    this.#noAlternative = noAlternative;
    this.#statesMax = statesMax;
    this.#steps = openStepper(network);
  }

  /**
   * The number of the alternative, from 1 on, for the tokens from the stream's place on. `context` is the rule that decides;
   * `isExact`: with LL if need be. Throws what `noAlternative` makes.
   */
  predict(stream: TextTokenStream, decision: NetworkState, context: RuleContext, isExact: boolean): number {
    if (this.#states.size > this.#statesMax) this.#forget();
    let state = this.#start(decision);
    for (let ahead = 1; ; ahead++) {
      const token = stream.LT(ahead);
      const next = this.#next(state, Math.max(token.type, END));
      if (next === undefined) return this.#ended(state.configurations, token, context);
      if (next.isConflict && isExact) return this.#predictExactly(stream, decision, context);
      if (next.prediction !== 0) return next.prediction;
      state = next;
    }
  }

  #predictExactly(stream: TextTokenStream, decision: NetworkState, context: RuleContext): number {
    const steps = new Stepper(this.#network, new StackGraph(false), true);
    let configurations = steps.start(decision, this.#stackOf(context, steps.graph));
    for (let ahead = 1; ; ahead++) {
      const token = stream.LT(ahead);
      const next = steps.step(configurations, Math.max(token.type, END));
      if (next.length === 0) return this.#ended(configurations, token, context);
      const prediction = onlyAlternative(next) || commonFirst(conflicts(next));
      if (prediction !== 0) return prediction;
      configurations = next;
    }
  }

  #forget(): void {
    this.#steps = openStepper(this.#network);
    this.#starts = new Map();
    this.#states = new Map();
  }

  #start(decision: NetworkState): AutomatonState {
    let state = this.#starts.get(decision);
    if (state === undefined) {
      state = this.#state(this.#steps.start(decision, this.#steps.graph.bottom), 0, false);
      this.#starts.set(decision, state);
    }
    return state;
  }

  #next(state: AutomatonState, token: number): AutomatonState | undefined {
    if (state.next.has(token)) return state.next.get(token);
    const configurations = this.#steps.step(state.configurations, token);
    const next = configurations.length === 0 ? undefined : this.#decided(configurations);
    state.next.set(token, next);
    return next;
  }

  #decided(configurations: readonly Configuration[]): AutomatonState {
    const only = onlyAlternative(configurations);
    if (only !== 0) return this.#state(configurations, only, false);
    const isConflict = endsOrConflicts(configurations);
    return this.#state(configurations, isConflict ? first(configurations) : 0, isConflict);
  }

  #state(configurations: readonly Configuration[], prediction: number, isConflict: boolean): AutomatonState {
    const key = configurations.map(({ state, alternative, stack }) => `${state.number}:${alternative}:${stack.id}`).join();
    let state = this.#states.get(key);
    if (state === undefined) {
      state = { configurations, next: new Map(), prediction, isConflict };
      this.#states.set(key, state);
    }
    return state;
  }

  /** The first alternative whose rule could have ended in front of the wrong token; throws if there is none. */
  #ended(configurations: readonly Configuration[], token: TextToken, context: RuleContext): number {
    const ended = configurations.filter(({ state, stack, isOuter }) => isOuter || (state.isStop && stack.returns.includes(BOTTOM)));
    if (ended.length === 0) throw this.#noAlternative(token, context);
    return first(ended);
  }

  /** Where the rules return to that a rule is called from. */
  #stackOf(context: RuleContext, graph: StackGraph): Stack {
    const states: number[] = [];
    for (let rule = context; rule.parent !== null; rule = rule.parent) states.push(rule.invokingState);
    return states.reduceRight(
      (stack, state) => graph.push(stack, this.#network.states[state]!.transitions[0]!.follow!.number),
      graph.bottom,
    );
  }
}

function openStepper(network: Network): Stepper {
  return new Stepper(network, new StackGraph(true), false);
}

function first(configurations: readonly Configuration[]): number {
  return Math.min(...configurations.map(({ alternative }) => alternative));
}

/** Alternatives that have come to the same state with the same stack: nothing that follows tells them apart. */
function conflicts(configurations: readonly Configuration[]): readonly (readonly Configuration[])[] {
  return groups(configurations, ({ state, stack }) => `${state.number}:${stack.id}`);
}

/** More tokens are of no use without the calls outside, as far as SLL's heuristics know. */
function endsOrConflicts(configurations: readonly Configuration[]): boolean {
  if (configurations.every(({ state }) => state.isStop)) return true;
  if (conflicts(configurations).every(({ length }) => length === 1)) return false;
  return groups(configurations, ({ state }) => state.number).every(({ length }) => length > 1);
}

/** The first alternative of each group, if it is the same in all, else 0. */
function commonFirst(all: readonly (readonly Configuration[])[]): number {
  const firsts = new Set(all.map(first));
  return firsts.size === 1 ? first(all[0]!) : 0;
}

function groups<Key>(
  configurations: readonly Configuration[],
  keyOf: (configuration: Configuration) => Key,
): readonly (readonly Configuration[])[] {
  const all = new Map<Key, Configuration[]>();
  for (const configuration of configurations) {
    const key = keyOf(configuration);
    const group = all.get(key);
    if (group === undefined) all.set(key, [configuration]);
    else group.push(configuration);
  }
  return [...all.values()];
}
