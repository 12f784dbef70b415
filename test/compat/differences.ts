/**
 * Where redis-server 7.0.15 and the transcripts of test/golden part, and why. The transcripts say what MemFlux does; this
 * table says what the older server does instead, with the source that made us decide. compat.test.ts plays every transcript
 * on redis-server: a difference that is not listed fails, and so does a reply listed here that is not what it answers.
 *
 *   transcript, scenario   where it is
 *   request                the request as written behind its `>`; absent: the scenario does not run on redis-server
 *   redis                  what redis-server answers, in the notation of support/reply-text.ts, or `closed`
 *   source                 the document that decides
 */

export interface Difference {
  readonly transcript: string;
  readonly scenario: string;
  readonly request?: string;
  readonly redis?: string;
  readonly source: string;
}

const OWN = "MemFlux's predecessor: shared commands of the Rust server, section 2 and 3 of its command list";
const SETINFO = "Redis documentation, CLIENT SETINFO: since 7.2.0";
const NO_TOUCH = "Redis documentation, CLIENT NO-TOUCH: since 7.2.0";

export const DIFFERENCES: readonly Difference[] = [
  { transcript: "own.resp", scenario: "DELETE is another name of DEL", source: OWN },
  { transcript: "own.resp", scenario: "WIPEDB empties the database", source: OWN },
  { transcript: "own.resp", scenario: "MEMUSAGE tells the bytes in use", source: OWN },
  { transcript: "client.resp", scenario: "CLIENT SETINFO", source: SETINFO },
  { transcript: "client.resp", scenario: "CLIENT NO-TOUCH", source: NO_TOUCH },
  {
    transcript: "protocol.resp",
    scenario: "A multibulk length above the limit",
    source: "assembly/abi/status.ts, MAX_ARGUMENTS: 1,048,576 as Redis before 7.0; 7.0 allows 2^31 - 1",
  },
  {
    transcript: "protocol.resp",
    scenario: "An unfinished request above the limit on query buffers",
    source: "Redis closes the connection and tells only its log; a client learns the reason here",
  },
];
