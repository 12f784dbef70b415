/**
 * Goal: whatever ends the process, a state is found behind a whole commit of transactions over all models at once, none older than what was
 * promised: nothing of what was open, rolled back to a savepoint or refused, no half of a commit, and all constraints alive.
 * Method: up to three open transactions with savepoints and definitions, interleaved, on the debug engine with its log on a simulated disk
 * that crashes at any of its operations. A state is the digest of the whole database and the answers of queries in all languages.
 */
import { describe, expect, it } from "vitest";
import { SESSION_AUTHENTICATED } from "../../assembly/abi/layout.ts";
import { DatabaseError } from "../../host/common/error.ts";
import type { SessionTransaction } from "../../host/database/transaction.ts";
import { type CrashKind, SimulatedDisk } from "../../host/platform/simulated/disk.ts";
import { SessionSettings } from "../../host/query/executor/settings.ts";
import { engineBuilt, START_MS, TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { QueryMachine, recovered } from "../support/query-machine.ts";
import { createRandom, type SeededRandom } from "../support/random.ts";
import { encodeRequest } from "../support/reply.ts";
import { FOUNDATION, MADE, QUESTIONS, randomTransactionStep, type TransactionStep } from "./transaction-steps.ts";

const DISKS = 6 * TEST_LENGTH;
const ROUNDS = 4;
const OPEN_MAX = 3;
const decoder = new TextDecoder();

/** A transaction under way. */
interface Open {
  readonly control: SessionTransaction;
  readonly session: number;
  savepoints: number;
}

class Life extends QueryMachine {
  readonly #open: Open[] = [];
  readonly #random: SeededRandom;
  /** What was there behind each commit. */
  readonly states: string[] = [];
  readonly counts = { committed: 0, refused: 0, rolledBack: 0, backToSavepoint: 0, statements: 0 };
  /** The first of them that may be found. */
  promised = 0;

  private constructor(parts: Awaited<ReturnType<typeof recovered>>, random: SeededRandom) {
    super(parts);
    this.#random = random;
  }

  /** Starts on what the disk has; nothing of it may be broken. */
  static async start(disk: SimulatedDisk, seed: number, random: SeededRandom): Promise<Life> {
    const told: string[] = [];
    const note = (line: string): void => {
      told.push(line);
    };
    const durability = seed % 2 === 0 ? "fsync" : "full";
    const life = new Life(await recovered(disk, { durability, seed, report: note, told: note }), random);
    expect(told.filter((line) => line.includes("cannot be restored"))).toEqual([]);
    expect(life.database.engine.checkInvariants()).toBe(0);
    life.states.push(life.state());
    return life;
  }

  /** All that is committed. */
  state(): string {
    const made = MADE.map((name): TransactionStep => ({ kind: "sql", text: `SELECT * FROM ${name} ORDER BY id` }));
    const answers = [...QUESTIONS, ...made].map((question) => {
      try {
        return this.#ask(question);
      } catch (error) {
        return String(error);
      }
    });
    const digest = this.database.engine.digest(-1).map((word) => word.toString(16));
    return JSON.stringify([digest, answers], (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  }

  #ask(step: TransactionStep): unknown {
    return step.kind === "command" ? undefined : this.run(step.kind, step.text, this.#random.chance(0.2));
  }

  /** Steps outside of transactions. */
  apart(steps: readonly TransactionStep[]): void {
    for (const step of steps) this.#tolerate(() => (step.kind === "command" ? this.#command(this.session, step.words) : this.#ask(step)));
    this.#note();
  }

  /** Something happens: a transaction begins, goes on, or ends. */
  step(): void {
    const random = this.#random;
    if (this.#open.length < OPEN_MAX && random.chance(0.2)) this.#begin();
    else if (this.#open.length === 0 || random.chance(0.05)) this.apart([randomTransactionStep(random)]);
    else this.#goOn(random.pick(this.#open));
  }

  #begin(): void {
    const { engine, transactions } = this.database;
    const session = engine.openSession();
    engine.setSession(session, SESSION_AUTHENTICATED, 1);
    const control = transactions.of({ handle: session, lastActiveMs: START_MS });
    control.begin({ isolation: this.#random.pick(["serializable", "snapshot"] as const), readOnly: false });
    this.#open.push({ control, session, savepoints: 0 });
  }

  #goOn(one: Open): void {
    const { control } = one;
    const chance = this.#random.below(100);
    if (chance < 12) this.#end(one, () => control.commit());
    else if (chance < 15) this.#end(one, () => control.rollback());
    else if (chance < 22) {
      control.setSavepoint(`s${one.savepoints++}`);
    } else if (chance < 28 && one.savepoints > 0) {
      const back = this.#random.below(one.savepoints);
      control.rollbackTo(`s${back}`, `s${back}`);
      one.savepoints = back + 1;
      this.counts.backToSavepoint++;
    } else this.#change(one, randomTransactionStep(this.#random));
    if (control.isFailed) this.#end(one, () => control.rollback());
  }

  #change({ control, session }: Open, step: TransactionStep): void {
    this.counts.statements++;
    this.#tolerate(() => {
      if (step.kind === "command") return this.#command(session, step.words);
      const settings = new SessionSettings(0);
      if (this.#random.chance(0.5)) settings.execution = "compiled";
      const { queries } = this;
      const source = { language: queries[step.kind], text: step.text };
      const parameters = step.kind === "cypher" ? {} : [];
      return queries.run(source, parameters, { database: 0, settings, transaction: control }, queries.valueRows);
    });
  }

  #end(one: Open, how: () => void): void {
    const before = this.states.at(-1);
    const isCommit = this.#tolerate(how);
    if (one.control.isOpen) one.control.rollback();
    this.#open.splice(this.#open.indexOf(one), 1);
    one.control.close(true);
    this.database.engine.closeSession(one.session);
    this.database.commits.pass();
    this.#note();
    if (this.states.at(-1) !== before) this.counts.committed++;
    else if (isCommit) this.counts.rolledBack++;
    else this.counts.refused++;
  }

  #command(session: number, words: readonly string[]): string {
    const { engine, commits } = this.database;
    engine.execute(session, engine.loadInput(encodeRequest([...words]), 0), START_MS);
    const reply = decoder.decode(engine.replyView());
    commits.pass();
    return reply;
  }

  /** Whether it went well. */
  #tolerate(run: () => unknown): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code === "ENGINE_FAILED") throw error;
      return false;
    } finally {
      this.database.commits.pass();
    }
  }

  #note(): void {
    const state = this.state();
    if (state !== this.states.at(-1)) this.states.push(state);
  }

  /** Nobody sees what is open. */
  checkPrivacy(): void {
    expect(this.state()).toBe(this.states.at(-1));
  }

  /** Waits for the log; what was committed by then must be found. Whether the machine is still up. */
  async flush(): Promise<boolean> {
    const count = this.states.length;
    try {
      await this.database.commits.flush();
      this.promised = count - 1;
      return true;
    } catch {
      return false;
    }
  }
}

describe.skipIf(!engineBuilt)("transactions over all models", () => {
  it(`are found whole or not at all after a crash (seed ${TEST_SEED})`, { timeout: 120_000 * TEST_LENGTH }, async () => {
    const total = { committed: 0, refused: 0, rolledBack: 0, backToSavepoint: 0, statements: 0, lost: 0, late: 0 };
    for (let number = 0; number < DISKS; number++) {
      const random = createRandom(TEST_SEED + number);
      const disk = new SimulatedDisk(TEST_SEED + number);
      let allowed: readonly string[] | undefined;
      for (let round = 0; round < ROUNDS; round++) {
        const life = await Life.start(disk, TEST_SEED + number * ROUNDS + round, random);
        if (allowed === undefined) life.apart(FOUNDATION);
        else {
          const found = allowed.indexOf(life.states[0]!);
          expect(found, `disk ${number}, life ${round} begins with a state that was never there`).toBeGreaterThanOrEqual(0);
          if (found < allowed.length - 1) total.lost++;
        }
        await life.flush();
        const end = random.pick<CrashKind>(["process", "power"]);
        if (random.chance(0.8)) disk.crashAfter(1 + random.below(25), end);
        for (let left = random.between(30, 120); left > 0 && !disk.crashed; left--) {
          life.step();
          if (random.chance(0.05)) life.checkPrivacy();
          if (random.chance(0.1) && !(await life.flush())) break;
        }
        if (disk.crashed) total.late++;
        else disk.crash(end);
        await life.database.close().catch(() => {});
        for (const name of ["committed", "refused", "rolledBack", "backToSavepoint", "statements"] as const)
          total[name] += life.counts[name];
        allowed = life.states.slice(life.promised);
        disk.restart();
      }
    }
    // Else nothing would have been proved.
    expect(total.committed).toBeGreaterThan(DISKS * 10);
    expect(total.refused).toBeGreaterThan(DISKS);
    expect(total.backToSavepoint).toBeGreaterThan(DISKS);
    expect(total.lost).toBeGreaterThan(DISKS / 5);
    expect(total.late).toBeGreaterThan(DISKS / 5);
  });
});
