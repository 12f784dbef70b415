/**
 * Scores in arguments, replies and effects.
 */
import { ERROR_NOT_FLOAT } from "../abi/errors";
import { parseDouble, parsedDouble } from "../bytes/float";
import { SCORE_TEXT_MAX, printScore } from "../bytes/score-text";
import { effectWord } from "../durability/effect-log";
import { argumentLength, argumentPointer } from "./argument";
import { ensure, protocol, replyArray, replyBulk, replyError, replyLineEnd, replyText } from "./reply";

const text: usize = memory.data(<i32>SCORE_TEXT_MAX, 8);
const COMMA: usize = memory.data<u8>([44]);

/** The score that `argumentScore` read. */
export let argumentDouble: f64 = 0;

/** Reads an argument as a score; otherwise replies an error and returns false. */
export function argumentScore(argv: usize, index: u32, error: u32 = ERROR_NOT_FLOAT): bool {
  if (parseDouble(argumentPointer(argv, index), argumentLength(argv, index))) {
    argumentDouble = parsedDouble;
    return true;
  }
  replyError(error);
  return false;
}

/** A score as a bulk string. */
export function replyScoreText(score: f64): void {
  replyBulk(text, printScore(text, score));
}

/** A score: `,n`, or a bulk string in RESP2. */
export function replyScore(score: f64): void {
  if (protocol != 3) {
    replyScoreText(score);
    return;
  }
  if (!ensure(SCORE_TEXT_MAX + 8)) return;
  replyText(COMMA, 1);
  replyText(text, printScore(text, score));
  replyLineEnd();
}

/** The head of an array of `count` members, each with its score if that is so: pairs in RESP3 (or where they are `nested`), else one behind the other. */
export function replyScoredHead(count: u32, withScores: bool, nested: bool): void {
  replyArray(withScores && !nested ? count << 1 : count);
}

/** An element of such an array. */
export function replyScored(member: usize, length: u32, score: f64, withScores: bool, nested: bool): void {
  if (withScores && nested) replyArray(2);
  replyBulk(member, length);
  if (withScores) replyScore(score);
}

/** A score as a word of an effect. */
export function effectScore(score: f64): void {
  effectWord(text, printScore(text, score));
}
