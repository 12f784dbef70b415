/**
 * Addresses as every adapter writes them, and what a failed listen is called whatever the runtime calls it.
 */
import { DatabaseError } from "../common/error.ts";
import type { ListenOptions } from "./types.ts";

const PORT_MAX = 65_535;

/** `host:port`, with an IPv6 host in brackets. */
export function formatAddress(host: string | undefined, port: number | undefined): string {
  const name = host ?? "?";
  return `${name.includes(":") ? `[${name}]` : name}:${port ?? 0}`;
}

/** Throws ADDRESS_INVALID for a port that no runtime takes: some of them cut it to 16 bits and listen elsewhere. */
export function checkPort(options: ListenOptions): void {
  if (Number.isInteger(options.port) && options.port >= 0 && options.port <= PORT_MAX) return;
  throw new DatabaseError("ADDRESS_INVALID", `cannot listen on ${formatAddress(options.host, options.port)}: there is no such port`);
}

/** The error of a listen that failed, from the system's name for it (`EADDRINUSE`). */
export function listenError(cause: Error, systemCode: string | undefined, options: ListenOptions): DatabaseError {
  const place = formatAddress(options.host, options.port);
  switch (systemCode) {
    case "EADDRINUSE":
      return new DatabaseError("ADDRESS_IN_USE", `cannot listen on ${place}: the port is in use by another program`, { cause });
    case "EACCES":
    case "EPERM":
      return new DatabaseError("ADDRESS_DENIED", `cannot listen on ${place}: no permission for this port`, { cause });
    case "EADDRNOTAVAIL":
      return new DatabaseError("ADDRESS_INVALID", `cannot listen on ${place}: the address does not belong to this machine`, { cause });
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new DatabaseError("ADDRESS_INVALID", `cannot listen on ${place}: the host name is unknown`, { cause });
    default:
      return new DatabaseError("ADDRESS_INVALID", `cannot listen on ${place}: ${cause.message}`, { cause });
  }
}
