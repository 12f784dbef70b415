/**
 * node-redis and ioredis, opened alike. Both retry and reconnect on their own terms; a test that must see an error turns
 * that off where it opens the client.
 */
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { Address } from "../support/raw-client.ts";

export interface LibraryOptions {
  readonly password?: string | undefined;
  readonly protocol?: 2 | 3;
  readonly name?: string;
  /** Connect again after the server has closed the connection. True if absent. */
  readonly reconnect?: boolean;
}

export type NodeRedis = Awaited<ReturnType<typeof openNodeRedis>>;

const RECONNECT_DELAY_MS = 1;

/** A connected node-redis client. Its errors on the way are the commands' rejections. */
export async function openNodeRedis(address: Address, options: LibraryOptions = {}) {
  const { host, port, tlsCertificatePem: ca } = address;
  const reconnectStrategy = options.reconnect === false ? (false as const) : () => RECONNECT_DELAY_MS;
  const client = createClient({
    socket: ca === undefined ? { host, port, reconnectStrategy } : { host, port, tls: true, ca, reconnectStrategy },
    RESP: options.protocol ?? 3,
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.name === undefined ? {} : { name: options.name }),
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** A connected ioredis client. */
export async function openIoredis(address: Address, options: LibraryOptions = {}): Promise<Redis> {
  const { host, port, tlsCertificatePem: ca } = address;
  const client = new Redis({
    host,
    port,
    protocol: options.protocol ?? 2,
    lazyConnect: true,
    retryStrategy: options.reconnect === false ? () => null : () => RECONNECT_DELAY_MS,
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.name === undefined ? {} : { connectionName: options.name }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** The next event of this name. Unlike `once` of node:events, an error on the way does not matter. */
export function nextEvent(client: { once(name: string, listener: () => void): unknown }, name: string): Promise<void> {
  return new Promise((resolve) => client.once(name, () => resolve()));
}
