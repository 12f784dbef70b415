/**
 * The one place through which the effects of commits pass: whatever wants to know what changed (a log, a replica, a
 * listener) subscribes here and nowhere else.
 *
 * 1. While nobody has subscribed the engine encodes no effects, and `pass` costs one comparison.
 * 2. `pass` is called after each batch, before its replies leave, and after each round of maintenance, so a subscriber sees a change before any client is told
 *    of it. Subscribers get the same bytes in the order in which they subscribed.
 */
import { SETTING_EFFECTS } from "../../assembly/abi/status.ts";
import type { Engine } from "../engine/engine.ts";

/** Receives the effects of one batch: RESP commands with commit boundaries. The bytes are a copy that may be kept. */
export type EffectListener = (effects: Uint8Array) => void;

export class CommitGate {
  readonly #engine: Engine;
  readonly #listeners = new Set<EffectListener>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Delivers the effects of every batch from now on; returns how to stop that. */
  subscribe(listener: EffectListener): () => void {
    // A listener of its own per call, so that the same function may subscribe twice.
    const own: EffectListener = (effects) => listener(effects);
    if (this.#listeners.size === 0) this.#engine.configure(SETTING_EFFECTS, 1);
    this.#listeners.add(own);
    return () => {
      if (!this.#listeners.delete(own)) return;
      if (this.#listeners.size > 0) return;
      this.#engine.configure(SETTING_EFFECTS, 0);
      if (this.#engine.effectLength > 0) this.#engine.takeEffects();
    };
  }

  /** Hands on what the engine has logged since the last call. */
  pass(): void {
    if (this.#listeners.size === 0 || this.#engine.effectLength === 0) return;
    const effects = this.#engine.takeEffects();
    for (const listener of this.#listeners) listener(effects);
  }
}
