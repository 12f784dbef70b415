/**
 * The accounts of single commands: how often and how long they ran, the slow log, latency events, and who monitors them all.
 *
 * What the engine counts for itself (calls, failures) costs it one increment. Times need a clock, which only the host has, so the
 * engine's loop must stop behind a command whose time is wanted (SETTING_OBSERVE):
 *
 * - `begin` says before each chunk of input what the engine stops behind. In ordinary life that is: behind long commands, whose time
 *   is then known to a millisecond from the clock that was read for the chunk anyway. That is enough for a slow log from a
 *   millisecond up, and costs other commands nothing.
 * - Behind every command, so that the time of each is measured: while somebody monitors; when the slow log begins below a
 *   millisecond; for the first FIRST_SAMPLES chunks or commands since the start or CONFIG RESETSTAT; and for one of SAMPLE_EVERY chunks. Times in
 *   commandstats, latencystats and LATENCY HISTOGRAM are those of such samples; numbers of calls are all.
 * - The host measures its own commands itself, each of them, up to the end of their reply.
 */
import { OBSERVE_ALL, OBSERVE_LONG } from "../../assembly/abi/status.ts";
import type { ErrorCode } from "../common/error.ts";
import type { Clock } from "../platform/types.ts";
import { text } from "./arguments.ts";
import { LatencyEvents } from "./latency-events.ts";
import { monitorLine, withoutSecrets } from "./monitor.ts";
import type { Session } from "./session.ts";
import { SlowLog } from "./slow-log.ts";
import { commandTable, findSubcommand, fullName } from "./table.ts";
import type { CommandRow } from "./table-types.ts";
import { Timings } from "./timings.ts";

const MILLISECOND_MICROS = 1000;
const FIRST_SAMPLES = 1000;
const SAMPLE_EVERY = 128;

/** What the engine does not count of the commands that the host answers. */
export interface HostCalls {
  calls: number;
  failed: number;
  rejected: number;
}

/** What of it is wanted; options are carried here (config-effects.ts). */
export interface ObserverSettings {
  /** Microseconds; -1: no slow log. */
  slowerThanMicros: number;
  slowLogLength: number;
  /** Milliseconds; 0: no events. */
  latencyThresholdMs: number;
  tracksLatency: boolean;
}

/** Where the arguments of the command are that has just run. */
export interface RanCommand {
  readonly hostCommandId: number;
  arguments(): Uint8Array[];
}

export class Observer {
  readonly settings: ObserverSettings = { slowerThanMicros: 10_000, slowLogLength: 128, latencyThresholdMs: 0, tracksLatency: true };
  readonly slowLog = new SlowLog();
  readonly latency = new LatencyEvents();
  readonly timings = new Timings();
  /** By full name. */
  readonly hostCalls = new Map<string, HostCalls>();
  readonly #clock: Clock;
  readonly #monitors = new Set<Session>();
  /** Sessions of whose command monitors know already: it waits. */
  readonly #told = new WeakSet<Session>();
  /** Chunks behind whose commands the engine has stopped, and such commands beyond the first of each. */
  #samples = 0;
  #isFirst = false;
  #untilSample = 1;
  /** When the command that runs has begun, by the monotonic clock; -1: nobody has looked. */
  #beganMs = -1;
  /** When the long command before has ended, by the clock of chunks. */
  #previousMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** OBSERVE_* bits for what the engine runs next. */
  begin(): number {
    if (this.#monitors.size > 0 || this.#wantsAll() || --this.#untilSample <= 0) {
      if (this.#untilSample <= 0) this.#untilSample = this.#samples++ < FIRST_SAMPLES ? 1 : SAMPLE_EVERY;
      this.#isFirst = true;
      this.#beganMs = this.#clock.monotonicMs();
      return OBSERVE_ALL;
    }
    this.#beganMs = -1;
    return OBSERVE_LONG;
  }

  #wantsAll(): boolean {
    const { slowerThanMicros } = this.settings;
    return slowerThanMicros >= 0 && slowerThanMicros < MILLISECOND_MICROS;
  }

  /** The engine has stopped behind a command of a session. */
  ran(session: Session, command: RanCommand): void {
    const isTimed = this.#beganMs >= 0;
    const nowMs = isTimed ? this.#clock.monotonicMs() : this.#clock.nowMs();
    const beganMs = isTimed ? this.#beganMs : Math.max(this.#previousMs, session.lastActiveMs);
    const micros = Math.max(0, (nowMs - beganMs) * MILLISECOND_MICROS);
    const row = commandTable[command.hostCommandId];
    if (row === undefined) return;
    // A chunk of very many commands is as good as many chunks, and each command that is told costs more than the command does.
    if (isTimed && !this.#isFirst) this.#samples++;
    this.#isFirst = false;
    let args: readonly Uint8Array[] | undefined;
    const read = (): readonly Uint8Array[] => {
      args ??= command.arguments();
      return args.length === 0 ? [new TextEncoder().encode(row.name)] : args;
    };
    if (isTimed && this.settings.tracksLatency)
      this.timings.note(row.subcommands.length === 0 ? row.name.toLowerCase() : nameOf(row, read()), micros);
    this.#note(session, row, read, micros);
    if (isTimed) this.#beganMs = this.#clock.monotonicMs();
    else this.#previousMs = nowMs;
  }

  /** A command's answer comes later; monitors are told at once. */
  waits(session: Session, id: number, args: readonly Uint8Array[]): void {
    const row = commandTable[id];
    if (row === undefined || this.#monitors.size === 0) return;
    this.#tellMonitors(session, row, args, this.#clock.nowMs());
    this.#told.add(session);
  }

  /** The host has answered a command, or has failed to. */
  answered(session: Session, id: number, args: readonly Uint8Array[], elapsedMs: number, error: ErrorCode | undefined): void {
    const row = commandTable[id];
    const isTold = this.#told.delete(session);
    if (row === undefined) return;
    const name = nameOf(row, args);
    const isUnknown = error === "UNKNOWN_SUBCOMMAND";
    const counts = this.#countsOf(isUnknown ? "" : name);
    if (isUnknown || error === "WRONG_ARITY") {
      counts.rejected++;
      return;
    }
    counts.calls++;
    if (error !== undefined) counts.failed++;
    const micros = elapsedMs * MILLISECOND_MICROS;
    if (this.settings.tracksLatency) this.timings.note(name, micros);
    this.#note(session, row, () => args, micros, isTold);
  }

  #countsOf(name: string): HostCalls {
    const known = this.hostCalls.get(name);
    if (known !== undefined) return known;
    const counts = { calls: 0, failed: 0, rejected: 0 };
    this.hostCalls.set(name, counts);
    return counts;
  }

  #note(session: Session, row: CommandRow, args: () => readonly Uint8Array[], micros: number, isTold = false): void {
    const { slowerThanMicros, slowLogLength, latencyThresholdMs } = this.settings;
    const nowMs = this.#clock.nowMs();
    if (slowerThanMicros >= 0 && micros >= slowerThanMicros && !row.flags.includes("skip_slowlog")) {
      this.slowLog.note(session, withoutSecrets(args()), nowMs, micros, slowLogLength);
    }
    if (latencyThresholdMs > 0 && micros >= latencyThresholdMs * MILLISECOND_MICROS) {
      this.latency.note(row.flags.includes("fast") ? "fast-command" : "command", nowMs, Math.floor(micros / MILLISECOND_MICROS));
    }
    if (this.#monitors.size > 0 && !isTold) this.#tellMonitors(session, row, args(), nowMs);
  }

  #tellMonitors(session: Session, row: CommandRow, args: readonly Uint8Array[], nowMs: number): void {
    const command = findSubcommand(row, text(args[1])) ?? row;
    if (command.flags.includes("admin")) return;
    const line = monitorLine(session, withoutSecrets(args), nowMs);
    for (const monitor of this.#monitors) monitor.push(line);
  }

  /** From now on a session is told of every command. */
  monitor(session: Session): void {
    this.#monitors.add(session);
  }

  isMonitor(session: Session): boolean {
    return this.#monitors.has(session);
  }

  /** A session ends, or wants to hear no more. */
  forget(session: Session): void {
    this.#monitors.delete(session);
  }

  /** Sets the statistics back (CONFIG RESETSTAT); the slow log and the events stay. */
  reset(): void {
    this.timings.clear();
    this.hostCalls.clear();
    this.#samples = 0;
    this.#untilSample = 1;
  }
}

/** The full name of what was called: that of a subcommand, if the command is a container. */
function nameOf(row: CommandRow, args: readonly Uint8Array[]): string {
  const subcommand = row.subcommands.length === 0 ? undefined : findSubcommand(row, text(args[1]));
  return subcommand === undefined ? fullName(row) : fullName(subcommand, row);
}
