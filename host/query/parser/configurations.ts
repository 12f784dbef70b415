/**
 * Configurations of a prediction: (state of the network, alternative, stack), the states that a parser could be in after some tokens
 * if it took that alternative; and the steps from one set of them to the next. Parr, Harwell, Fisher: Adaptive LL(*) Parsing (2014),
 * figures 7 and 8, in the form that ANTLR 4 has given them.
 *
 * 1. Of two configurations with the same state and alternative there is one, whose stack stands for both.
 * 2. Where calls outside of the decision are unknown, a rule that ends returns to all of its callers, which makes the configuration an
 *    outer one.
 * 3. Behind the end of the text only ends of the first rule are left.
 */
import { END, hasToken, type Network, type NetworkState } from "./network.ts";
import { BOTTOM, type Stack, type StackGraph } from "./stack-graph.ts";

export interface Configuration {
  readonly state: NetworkState;
  readonly alternative: number;
  stack: Stack;
  isOuter: boolean;
}

/** Alternatives fit a byte and states 16 bits (atn-parser.ts), so the key of both fits 24 bits, and 25 with `isOuter`. */
const ALTERNATIVES = 256;
const KEYS = 2 ** 25;

/** Configurations in the order of their coming. */
export class ConfigurationSet {
  readonly list: Configuration[] = [];
  readonly #byKey = new Map<number, Configuration>();

  add(configuration: Configuration, graph: StackGraph): void {
    const key = configuration.state.number * ALTERNATIVES + configuration.alternative;
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const own = { ...configuration };
      this.#byKey.set(key, own);
      this.list.push(own);
      return;
    }
    known.stack = graph.join(known.stack, configuration.stack);
    known.isOuter ||= configuration.isOuter;
  }
}

/** Steps of predictions of one kind: with the calls outside of the decision (`isFull`), or for any. */
export class Stepper {
  readonly #network: Network;
  readonly #isFull: boolean;
  readonly graph: StackGraph;

  constructor(network: Network, graph: StackGraph, isFull: boolean) {
    this.#network = network;
    this.graph = graph;
    this.#isFull = isFull;
  }

  /** Where a decision begins: each alternative, at its first states that consume something. */
  start(decision: NetworkState, stack: Stack): readonly Configuration[] {
    const set = new ConfigurationSet();
    for (const [index, { target }] of decision.transitions.entries()) {
      this.#close({ state: target, alternative: index + 1, stack, isOuter: false }, set, new Set(), false);
    }
    return set.list;
  }

  /** Behind a token, given as in sets; nothing if no alternative can have it. */
  step(from: readonly Configuration[], token: number): readonly Configuration[] {
    const direct = new ConfigurationSet();
    const ended: Configuration[] = [];
    for (const configuration of from) {
      if (configuration.state.isStop && (this.#isFull || token === END)) ended.push(configuration);
      for (const { target, tokens } of configuration.state.transitions) {
        if (tokens !== undefined && hasToken(tokens, token)) direct.add({ ...configuration, state: target }, this.graph);
      }
    }
    // One alternative is left, whatever follows.
    if (token !== END && ended.length === 0 && onlyAlternative(direct.list) !== 0) return direct.list;
    let reached = new ConfigurationSet();
    const visited = new Set<number>();
    for (const configuration of direct.list) this.#close(configuration, reached, visited, token === END);
    if (token === END) reached = this.#ends(reached);
    if (!this.#isFull || !reached.list.some(({ state }) => state.isStop)) for (const end of ended) reached.add(end, this.graph);
    return reached.list;
  }

  #ends(set: ConfigurationSet): ConfigurationSet {
    const ends = new ConfigurationSet();
    for (const configuration of set.list) if (configuration.state.isStop) ends.add(configuration, this.graph);
    return ends;
  }

  /** Adds what a configuration reaches without a token; the end of the text is none any more when it has been read. */
  #close(configuration: Configuration, set: ConfigurationSet, visited: Set<number>, isAtEnd: boolean): void {
    const { state, alternative, stack, isOuter } = configuration;
    const key = (state.number * ALTERNATIVES + alternative) * 2 + (isOuter ? 1 : 0) + stack.id * KEYS;
    if (visited.has(key)) return;
    visited.add(key);
    if (!state.isStop) {
      this.#follow(configuration, set, visited, isAtEnd);
      return;
    }
    for (const [index, number] of stack.returns.entries()) {
      if (number !== BOTTOM) {
        const next = { state: this.#network.states[number]!, alternative, stack: stack.below[index]!, isOuter };
        this.#close(next, set, visited, isAtEnd);
      } else if (this.#isFull || state.transitions.length === 0) set.add({ ...configuration, stack: this.graph.bottom }, this.graph);
      else {
        for (const { target } of state.transitions) {
          this.#close({ state: target, alternative, stack: this.graph.bottom, isOuter: true }, set, visited, isAtEnd);
        }
      }
    }
  }

  #follow(configuration: Configuration, set: ConfigurationSet, visited: Set<number>, isAtEnd: boolean): void {
    const { transitions } = configuration.state;
    if (transitions.some(({ tokens }) => tokens !== undefined)) set.add(configuration, this.graph);
    for (const { target, tokens, follow } of transitions) {
      if (tokens !== undefined && !(isAtEnd && hasToken(tokens, END))) continue;
      const stack = follow === undefined ? configuration.stack : this.graph.push(configuration.stack, follow.number);
      this.#close({ ...configuration, state: target, stack }, set, visited, isAtEnd);
    }
  }
}

/** The alternative of all; 0: there are several or none. */
export function onlyAlternative(configurations: readonly Configuration[]): number {
  const alternative = configurations[0]?.alternative ?? 0;
  return configurations.every((configuration) => configuration.alternative === alternative) ? alternative : 0;
}
