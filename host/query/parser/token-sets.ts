/**
 * Which tokens can begin what, and follow what, in a grammar's network: FIRST and FOLLOW (Aho, Lam, Sethi, Ullman 2006, section
 * 4.4). The end of the text is in none of the sets. Requires: no rule begins with itself. Sets of rules are computed when they are
 * first asked for and kept: expressions can begin with each of two hundred words.
 */
import { addAll, END, type Network, type NetworkState, type TokenSet } from "./network.ts";

export interface FirstTokens {
  readonly tokens: TokenSet;
  /** The end of the rule can be reached without a token. */
  readonly empty: boolean;
}

export class TokenSets {
  readonly #network: Network;
  readonly #words: number;
  /** By rule. */
  readonly #first: (FirstTokens | undefined)[] = [];
  #following: readonly TokenSet[] | undefined;

  constructor(network: Network) {
    this.#network = network;
    this.#words = (network.tokenMax >> 5) + 1;
  }

  /** Tokens that can come first from a state on, up to the end of its rule. */
  first(state: NetworkState): FirstTokens {
    const tokens = new Int32Array(this.#words);
    const visited = new Set<NetworkState>();
    const open: NetworkState[] = [state];
    let empty = false;
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (visited.has(next)) continue;
      visited.add(next);
      if (next.isStop) {
        empty = true;
        continue;
      }
      for (const { target, tokens: consumed, follow } of next.transitions) {
        if (follow !== undefined) {
          const called = this.#firstOfRule(target.rule);
          addAll(tokens, called.tokens);
          if (called.empty) open.push(follow);
        } else if (consumed !== undefined) addAll(tokens, consumed);
        else open.push(target);
      }
    }
    tokens[0]! &= ~(1 << END);
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
    const first = this.first(this.#network.starts[rule] as NetworkState);
    this.#first[rule] = first;
    return first;
  }

  #allFollowing(): readonly TokenSet[] {
    const following = this.#network.stops.map(() => new Int32Array(this.#words));
    // [rule, caller]: the rule can be the last of its caller, so what follows the caller follows it.
    const last: [number, number][] = [];
    for (const { rule, transitions } of this.#network.stops) {
      for (const { target } of transitions) {
        const first = this.first(target);
        addAll(following[rule]!, first.tokens);
        if (first.empty) last.push([rule, target.rule]);
      }
    }
    for (let changed = true; changed; ) {
      changed = false;
      for (const [rule, caller] of last) if (addAll(following[rule]!, following[caller]!)) changed = true;
    }
    return following;
  }
}
