/**
 * Values of Cypher as RESP.
 *
 *   INTEGER       integer
 *   FLOAT         double; RESP2: bulk string
 *   list, map     array, map
 *   node          map {$: "node", id, elementId, labels, properties}
 *   relationship  map {$: "rel", id, elementId, type, start, end, properties}
 *   path          map {$: "path", nodes, rels}
 *   temporal      map {$: "temporal", type, value}
 */
import { isPacked } from "../query/executor/cypher-value.ts";
import type { Output } from "../query/executor/output.ts";
import { PackedReader } from "../query/executor/packed-reader.ts";
import { typeOfTag } from "../query/executor/tag-type.ts";
import type { Tagged, Value } from "../query/executor/value.ts";
import type { SqlType, TypeName } from "../query/type/type.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";

/** What openCypher calls the types. */
const TEMPORAL: Readonly<Partial<Record<TypeName, string>>> = {
  date: "date",
  "time without time zone": "localtime",
  "timestamp without time zone": "localdatetime",
  "timestamp with time zone": "datetime",
  interval: "duration",
};

/** Writes what is no list, map, node, relationship or path. */
export type WritePlain = (value: Value, type: SqlType, output: Output, reply: ReplyWriter) => void;

/** Writes a value of Cypher's dynamic type. */
export function writeCypherValue({ tag, value }: Tagged, output: Output, reply: ReplyWriter, plain: WritePlain): void {
  if (isPacked(tag)) writeNext(new PackedReader(value as string), output, reply, plain);
  else writeTyped({ tag, value }, output, reply, plain);
}

function writeTyped({ tag, value }: Tagged, output: Output, reply: ReplyWriter, plain: WritePlain): void {
  const type = typeOfTag(tag);
  const temporal = TEMPORAL[type.name];
  if (temporal === undefined) {
    plain(value, type, output, reply);
    return;
  }
  writeTemporal(temporal, output.text(value, type), reply);
}

function writeTemporal(type: string, text: string, reply: ReplyWriter): void {
  reply.map(3);
  reply.bulk("$");
  reply.bulk("temporal");
  reply.bulk("type");
  reply.bulk(type);
  reply.bulk("value");
  reply.bulk(text);
}

function writeNext(reader: PackedReader, output: Output, reply: ReplyWriter, plain: WritePlain): void {
  const kind = reader.next();
  switch (kind) {
    case "null":
      reply.null();
      break;
    case "false":
    case "true":
      reply.boolean(kind === "true");
      break;
    case "integer":
      reply.integer(reader.integer);
      break;
    case "float":
      reply.double(reader.float);
      break;
    case "text":
      reply.bulk(reader.text);
      break;
    case "list":
      reply.array(reader.count);
      reader.each(() => writeNext(reader, output, reply, plain));
      break;
    case "map":
      reply.map(reader.count);
      reader.each(() => {
        reply.bulk(reader.name);
        writeNext(reader, output, reply, plain);
      });
      break;
    case "temporal":
      writeTemporal(reader.temporal, reader.text, reply);
      break;
    case "typed":
      writeTyped(reader.typed, output, reply, plain);
      break;
    default:
      writeEntity(reader, ENTITIES[kind], output, reply, plain);
  }
}

interface EntityForm {
  readonly mark: string;
  readonly parts: readonly string[];
}

const ENTITIES: Readonly<Record<"node" | "relationship" | "path", EntityForm>> = {
  node: { mark: "node", parts: ["id", "elementId", "labels", "properties"] },
  relationship: { mark: "rel", parts: ["id", "elementId", "type", "start", "end", "properties"] },
  path: { mark: "path", parts: ["nodes", "rels"] },
};

function writeEntity(reader: PackedReader, form: EntityForm, output: Output, reply: ReplyWriter, plain: WritePlain): void {
  reply.map(form.parts.length + 1);
  reply.bulk("$");
  reply.bulk(form.mark);
  reader.each((part) => {
    reply.bulk(form.parts[part] as string);
    writeNext(reader, output, reply, plain);
  });
}
