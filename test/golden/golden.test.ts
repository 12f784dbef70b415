/**
 * Goal: our server answers exactly as the transcripts of this folder say, in RESP2 and RESP3, whole and cut.
 * Method: the built server as a process of its own; see transcript.ts for the format and runner.ts for how it is played.
 */
import { describe } from "vitest";
import { defineTranscriptTests } from "./suite.ts";

const AS_WRITTEN = new Map<string, string>();

describe("golden transcripts", () => defineTranscriptTests("memflux", () => AS_WRITTEN));
