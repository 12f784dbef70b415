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
const SCORE_TEXT = "Redis 7.2 release notes and source (d2string): scores are printed with the shortest digits";
const WITH_SCORE = "Redis documentation, ZRANK and ZREVRANK: WITHSCORE since 7.2.0";
const NO_TOUCH = "Redis documentation, CLIENT NO-TOUCH: since 7.2.0";

const JSON_SOURCE = "RedisJSON 2.6 documentation and tests (a module, which redis-server does not have); RFC 8259, 9535, 7396";

/** Scenarios of json.resp. */
const JSON_SCENARIOS: readonly string[] = [
  "JSON.SET and JSON.GET of whole documents",
  "JSON.SET with NX and XX",
  "JSON.SET at paths",
  "The two-argument form makes the objects on the way",
  "Broken JSON is refused with its place",
  "Paths that are none",
  "Formatting",
  "JSON.DEL and JSON.FORGET",
  "JSON.MGET and JSON.MSET",
  "JSON.MERGE",
  "JSON.TYPE",
  "JSON.NUMINCRBY and JSON.NUMMULTBY",
  "Numbers and types of RESP3",
  "Strings",
  "Arrays",
  "JSON.ARRINDEX",
  "Objects",
  "JSON.TOGGLE and JSON.CLEAR",
  "JSON.RESP and JSON.DEBUG",
  "Keys of other types, and other commands on documents",
  "Filters, slices, descendants",
];

const FIELD_EXPIRY_SOURCE = "Redis documentation, HEXPIRE and others: since 7.4.0";

/** Scenarios of field-expiry.resp. */
const FIELD_EXPIRY_SCENARIOS: readonly string[] = [
  "HEXPIRE and HTTL",
  "The conditions",
  "A time in the past removes the field, and the last one the key",
  "No such key",
  "What is wrong",
  "What keeps the expiry of a field, and what takes it away",
  "The encoding is told as in Redis 7.4",
  "In MULTI, and for those who watch",
  "A hash whose fields have lost their times is dumped as any other",
];

const SQL_SOURCE = "MemFlux's own commands; PostgreSQL 16 for what statements mean";

const CYPHER_SOURCE = "MemFlux's own commands; openCypher 9 for what statements mean";

/** Scenarios of sql.resp. */
const SQL_SCENARIOS: readonly string[] = [
  "SQL joins its words and answers each row as a JSON object",
  "SQL reads what JSON.SET wrote",
  "SQL.QUERY answers columns, types and rows",
  "SQL.QUERY answers special doubles and large integers",
  "SQL.QUERY takes parameters, of which the null bulk string is NULL",
  "SQL.QUERY tells how many rows were written",
  "Errors start with what kind they are and end with the SQLSTATE",
];

/** Scenarios of alter.resp. */
const ALTER_SCENARIOS = [
  "Nobody else sees it before COMMIT, and the rows move then",
  "ROLLBACK and ROLLBACK TO take it back, with what was written",
  "A transaction that has written the table as it was cannot commit; one that has read it can",
  "A table that others have changed since is not altered",
  "In EXEC, in scripts, and where nothing may be written",
];

/** Scenarios of cypher.resp. */
const CYPHER_SCENARIOS: readonly string[] = [
  "CYPHER joins its words and answers each row as a JSON object",
  "A node is its properties with id and label, a path a list",
  "CYPHER.QUERY answers columns and rows",
  "Nodes, relationships and paths are maps that say what they are",
  "CYPHER.QUERY takes parameters as a JSON object, in which 1 is an INTEGER and 1.0 a FLOAT",
  "Errors start with what kind they are and end with openCypher's words",
  "EXPLAIN tells the plan, PROFILE runs it",
  "FLUSHDB takes the graph with it",
];

/** Scenarios of tables.resp. */
const TABLE_SCENARIOS: readonly string[] = [
  "TABLE.CREATE declares what SQL sees",
  "DEBUG POPULATE does not write among the rows of a table",
  "ROW commands write rows like all others",
  "ROW commands on documents without a schema",
  "indexes",
  "labels and types are tables at once",
];

/** Scenarios of graph.resp. */
const GRAPH_SCENARIOS: readonly string[] = [
  "GRAPH.ADDNODE answers an id of its own form",
  "what is no id of a node is none",
  "GRAPH.EFFECT is for the log",
];

/** Scenarios of transactions.resp. */
const TRANSACTION_SCENARIOS: readonly string[] = [
  "Statements inside are a part of the transaction",
  "WATCH hears of rows that statements write",
  "WATCH hears of documents",
];

/** Scenarios of begin.resp. */
const BEGIN_SCENARIOS: readonly string[] = [
  "A transaction is seen by others when it commits",
  "A transaction that is rolled back leaves nothing",
  "A pipeline of a whole transaction",
  "Modes",
  "Statements begin and end transactions too",
  "SET TRANSACTION counts before the first query",
  "SET TRANSACTION leaves what was read, savepoints and messages as they are",
  "Settings go with the transaction and its savepoints",
  "What sessions say of their transactions to come",
  "Ends without a beginning, and beginnings without an end",
  "Savepoints, in all spellings",
  "Going back takes rows, documents and the graph with it",
  "Two that write the same: the second is told at COMMIT",
  "A statement that fails leaves the transaction as it was",
  "What only reads cannot write",
  "Commands that cannot run inside",
  "Transactions cannot begin inside of MULTI",
  "A transaction goes over all databases",
  "RESET rolls back",
  "QUIT rolls back",
  "Definitions are a part of the transaction",
  "Definitions that are committed hold for all",
];

const LISTS_72 =
  "Redis 7.2 release notes: listpack encoding of lists, blocked commands are run again, timeouts beyond the clock are refused";

/** Scenarios of lists.resp that redis-server 7.0 answers as 7.0. */
const LIST_SCENARIOS: readonly string[] = [
  "Times beyond the last",
  "A key that is wrong by now is seen when another one is ready",
  "The first of several keys that are ready is the first of the command",
  "The encodings that Redis 7.2 tells",
];

const SETS_72 = "Redis 7.2 release notes and its test of sets: small sets that are no intsets are listpacks";

export const DIFFERENCES: readonly Difference[] = [
  {
    transcript: "admin.resp",
    scenario: "INFO tells who waits and listens",
    source: "Redis documentation, INFO clients: total_blocking_keys since 7.2, pubsub_clients since 7.4",
  },
  { transcript: "sets.resp", scenario: "The encodings that Redis 7.2 tells", source: SETS_72 },
  { transcript: "sorted-sets.resp", scenario: "Scores as 7.2 prints them: the shortest digits", source: SCORE_TEXT },
  { transcript: "sorted-sets.resp", scenario: "ZRANK and ZREVRANK with a score, which 7.2 has", source: WITH_SCORE },
  ...LIST_SCENARIOS.map((scenario) => ({ transcript: "lists.resp", scenario, source: LISTS_72 })),
  ...SQL_SCENARIOS.map((scenario) => ({ transcript: "sql.resp", scenario, source: SQL_SOURCE })),
  ...ALTER_SCENARIOS.map((scenario) => ({ transcript: "alter.resp", scenario, source: SQL_SOURCE })),
  ...CYPHER_SCENARIOS.map((scenario) => ({ transcript: "cypher.resp", scenario, source: CYPHER_SOURCE })),
  ...JSON_SCENARIOS.map((scenario) => ({ transcript: "json.resp", scenario, source: JSON_SOURCE })),
  ...FIELD_EXPIRY_SCENARIOS.map((scenario) => ({ transcript: "field-expiry.resp", scenario, source: FIELD_EXPIRY_SOURCE })),
  ...TABLE_SCENARIOS.map((scenario) => ({ transcript: "tables.resp", scenario, source: OWN })),
  ...GRAPH_SCENARIOS.map((scenario) => ({ transcript: "graph.resp", scenario, source: OWN })),
  { transcript: "pubsub.resp", scenario: "BEGIN sends messages when it commits", source: OWN },
  { transcript: "notifications.resp", scenario: "A transaction tells what it has done when it commits", source: OWN },
  { transcript: "notifications.resp", scenario: "Documents and rows", source: JSON_SOURCE },
  ...BEGIN_SCENARIOS.map((scenario) => ({ transcript: "begin.resp", scenario, source: OWN })),
  ...TRANSACTION_SCENARIOS.map((scenario) => ({ transcript: "transactions.resp", scenario, source: OWN })),
  {
    transcript: "transactions.resp",
    scenario: "A connection that ends itself runs its queue to the end",
    source: "Redis runs the queue to the end too, but sends only a part of the reply",
  },
  {
    transcript: "transactions.resp",
    scenario: "Nothing of EXEC is told to who wants no replies",
    source: "Redis sends the head of EXEC's array and then nothing, which leaves the client out of step",
  },
  { transcript: "own.resp", scenario: "DELETE is another name of DEL", source: OWN },
  { transcript: "own.resp", scenario: "WIPEDB empties the database", source: OWN },
  { transcript: "own.resp", scenario: "MEMUSAGE tells the bytes in use", source: OWN },
  { transcript: "own.resp", scenario: "DEBUG JMAP is accepted, as test suites expect of it", source: OWN },
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
