/**
 * The catalogue of anomalies: every table, by subject.
 *
 * Names are given once over all of them.
 */
import type { Anomaly } from "../interleaving.ts";
import { fluxmap } from "./fluxmap.ts";
import { keys } from "./keys.ts";
import { phantoms } from "./phantoms.ts";
import { phenomena } from "./phenomena.ts";
import { skew } from "./skew.ts";

export const CATALOGUE: Readonly<Record<string, readonly Anomaly[]>> = { phenomena, skew, phantoms, fluxmap, keys };
