/**
 * Goal: the packed form is what its head promises: sizes, tables of offsets, smallest forms of numbers; a normalised path that was
 * printed leads back to its place; edits give the document that was asked for; regular expressions match what I-Regexp says.
 * Method: texts parsed, looked at byte by byte and printed again; every place of a document by its path; tables of cases.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { hashSeed } from "../../../../assembly/bytes/hash";
import { memoryInitialize, memoryLimit } from "../../../../assembly/memory/allocator";
import { equalValues } from "../../../../assembly/value/compare";
import {
  EDIT_DELETE,
  EDIT_FIELD,
  EDIT_INSERT,
  EDIT_TRIM,
  addEdit,
  editCount,
  editsReset,
  sortEdits,
  writeEdited,
} from "../../../../assembly/value/edit";
import { parseJson } from "../../../../assembly/value/json-parse";
import { printValue, setFormat, textAt, textMark, textReset } from "../../../../assembly/value/json-print";
import {
  TABLE_COUNT_MIN,
  TAG_ARRAY,
  TAG_ARRAY_LONG,
  TAG_DECIMAL8,
  TAG_DOUBLE,
  TAG_INT16,
  TAG_INT8,
  TAG_NUMBER_TEXT,
  TAG_OBJECT,
  TAG_OBJECT_LONG,
  TAG_SMALL_INTEGER,
  afterValue,
  childCount,
  elementAt,
  firstChild,
  tableBytes,
  tagOf,
  valueBytes,
} from "../../../../assembly/value/packed";
import { packedAt, packedMark, packedReset } from "../../../../assembly/value/packed-writer";
import { compilePath, pathFirst } from "../../../../assembly/value/path-compile";
import { findMatches, matchAt, matchCount } from "../../../../assembly/value/path-evaluate";
import { printPath } from "../../../../assembly/value/path-print";
import { expressionMatches } from "../../../../assembly/value/regular-expression";

function initialize(): void {
  expect(memoryInitialize((<usize>memory.size()) << 16)).toBe(true);
  memoryLimit(2000);
  hashSeed(7);
  packedReset();
}

/** Parses a text behind what was parsed before; its offset. */
function parse(text: string): u32 {
  const start = packedMark();
  const bytes = String.UTF8.encode(text);
  expect(parseJson(changetype<usize>(bytes), bytes.byteLength)).toBe(true);
  expect(valueBytes(packedAt(start))).toBe(packedMark() - start);
  return start;
}

function print(value: usize): string {
  textReset();
  printValue(value);
  return String.UTF8.decodeUnsafe(textAt(0), textMark());
}

/** Values that the path leads to, printed and divided by blanks. */
function find(document: usize, path: string): string {
  const bytes = String.UTF8.encode(path);
  expect(compilePath(changetype<usize>(bytes), bytes.byteLength)).toBe(true);
  findMatches(document, pathFirst, 0);
  let found = "";
  for (let index: u32 = 0; index < matchCount; index++) found += (index ? " " : "") + print(matchAt(index));
  return found;
}

function matches(pattern: string, text: string, anywhere: bool): bool {
  const source = String.UTF8.encode(pattern);
  const target = String.UTF8.encode(text);
  return expressionMatches(changetype<usize>(source), source.byteLength, changetype<usize>(target), target.byteLength, anywhere);
}

describe("the packed form", () => {
  test("takes the smallest form of a number", () => {
    initialize();
    const texts: string[] = ["127", "128", "-1", "0.5", "-1.25", "1e300", "0.10000000000000000001", "99999999999999999999"];
    const tags: u32[] = [
      TAG_SMALL_INTEGER + 127,
      TAG_INT16,
      TAG_INT8,
      TAG_DECIMAL8,
      TAG_DECIMAL8,
      TAG_DOUBLE,
      TAG_NUMBER_TEXT,
      TAG_NUMBER_TEXT,
    ];
    for (let index = 0; index < texts.length; index++) {
      const start = parse(texts[index]);
      expect(tagOf(packedAt(start))).toBe(tags[index]);
      expect(print(packedAt(start))).toBe(texts[index]);
    }
  });

  test("has a short and a long head, and a table for long arrays", () => {
    initialize();
    let text = "[";
    for (let count: u32 = 0; count < 120; count++) {
      if (count) text += (count > 1 ? "," : "") + (count % 3 ? count.toString() : '"a value"');
      const start = parse(text + "]");
      const array = packedAt(start);
      const long = tagOf(array) == TAG_ARRAY_LONG;
      expect(childCount(array)).toBe(count);
      expect(long || tagOf(array) == TAG_ARRAY).toBe(true);
      let element = firstChild(array);
      for (let index: u32 = 0; index < count; index++) {
        expect(elementAt(array, index)).toBe(element);
        element = afterValue(element);
      }
      expect(element + (long ? tableBytes(count) : 0)).toBe(array + valueBytes(array));
      if (long && count >= TABLE_COUNT_MIN) expect(tableBytes(count)).toBe(((count - 1) >> 4) << 2);
    }
    expect(tagOf(packedAt(parse('{"a":1}')))).toBe(TAG_OBJECT);
    expect(tagOf(packedAt(parse('{"a":"' + "x".repeat(260) + '"}')))).toBe(TAG_OBJECT_LONG);
  });

  test("equal values are equal in whatever order and form they stand", () => {
    initialize();
    const first = parse('{"a":[1,2.0,"x"],"b":null}');
    const second = parse('{"b":null,"a":[1.0,2,"x"]}');
    const third = parse('{"b":null,"a":[1.0,2,"y"]}');
    expect(equalValues(packedAt(first), packedAt(second))).toBe(true);
    expect(equalValues(packedAt(first), packedAt(third))).toBe(false);
  });
});

describe("paths", () => {
  test("a printed path leads back to its place, at every place", () => {
    initialize();
    const start = parse('{"a":[[],{"it\'s":[1,2]},"x"],"":{"\\n":{"é":true}},"back\\\\slash":[0,[1,[2,[3]]]]}');
    const document = packedAt(start);
    find(document, "$..*");
    const count = matchCount;
    expect(count).toBe(18);
    for (let index: u32 = 0; index < count; index++) {
      find(document, "$..*");
      const place = matchAt(index);
      textReset();
      printPath(document, place);
      const path = String.UTF8.decodeUnsafe(textAt(0), textMark());
      find(document, path);
      expect(matchCount).toBe(1);
      expect(matchAt(0)).toBe(place);
    }
  });

  test("both languages find the same", () => {
    initialize();
    const document = packedAt(parse('{"a":{"b":[10,20,30]},"c-d":1}'));
    expect(find(document, "$.a.b[1]")).toBe("20");
    expect(find(document, "a.b[1]")).toBe("20");
    expect(find(document, '.["a"].b[-1]')).toBe("30");
    expect(find(document, "c-d")).toBe("1");
    expect(find(document, "$.a.b[::-2]")).toBe("30 10");
    expect(find(document, "$.a.b[?@>10 && @<30]")).toBe("20");
  });
});

describe("edits", () => {
  test("give the document that was asked for, in any order of the list", () => {
    initialize();
    const start = parse('{"a":[1,2,3],"b":{"c":4},"d":5}');
    const source = parse("[7]");
    const bytes = packedMark() - source;
    const document = packedAt(start);
    editsReset();
    find(document, "$.d");
    addEdit(<u32>(matchAt(0) - document), EDIT_DELETE, 0, 0, 0, 0, 0);
    const name = String.UTF8.encode("new");
    find(document, "$.b");
    addEdit(<u32>(matchAt(0) - document), EDIT_FIELD, <u32>changetype<usize>(name), 3, source, bytes, 1);
    find(document, "$.b.c");
    addEdit(<u32>(matchAt(0) - document), EDIT_DELETE, 0, 0, 0, 0, 0);
    find(document, "$.a");
    addEdit(<u32>(matchAt(0) - document), EDIT_TRIM, 1, 2, 0, 0, 0);
    const copy = memory.data(256);
    memory.copy(copy, document, valueBytes(document));
    sortEdits(copy);
    expect(editCount).toBe(4);
    const made = packedMark();
    writeEdited(copy);
    expect(print(packedAt(made))).toBe('{"a":[2],"b":{"new":[7]}}');
    editsReset();
    addEdit(<u32>(elementAt(firstChild(copy) + 2, 0) - copy) - 3, EDIT_INSERT, 3, 0, source, bytes, 1);
    const again = packedMark();
    writeEdited(copy);
    expect(print(packedAt(again))).toBe('{"a":[1,2,3,[7]],"b":{"c":4},"d":5}');
  });
});

describe("formatted text", () => {
  test("has the given indent, line end and space", () => {
    initialize();
    const document = packedAt(parse('{"a":[],"b":[1]}'));
    const shape = String.UTF8.encode("> \n ");
    const place = changetype<usize>(shape);
    textReset();
    setFormat(place, 2, place + 2, 1, place + 3, 1);
    printValue(document);
    expect(String.UTF8.decodeUnsafe(textAt(0), textMark())).toBe('{\n> "a": [],\n> "b": [\n> > 1\n> ]\n}');
  });
});

describe("regular expressions", () => {
  test("match the whole text, or a part", () => {
    initialize();
    const cases: string[] = ["a.b", "axb", "a|bc", "bc", "(ab)*c", "ababc", "a{2,3}", "aaa", "[^a-c]+", "xyz", "x?\\.", "x.", "[é-ü]", "ö"];
    for (let index = 0; index < cases.length; index += 2) {
      expect(matches(cases[index], cases[index + 1], false)).toBe(true);
      expect(matches(cases[index], "__" + cases[index + 1] + "__", true)).toBe(true);
    }
    const none: string[] = ["a.b", "a\nb", "a{2,3}", "aaaa", "a{2}", "a", "(a", "a", "a**", "a", "[b-a]", "a", "\\d", "1", "a{2000}", "a"];
    for (let index = 0; index < none.length; index += 2) expect(matches(none[index], none[index + 1], false)).toBe(false);
    expect(matches("^b", "ab", true)).toBe(false);
    expect(matches("b$", "ab", true)).toBe(true);
    expect(matches("(a*)*b", "a".repeat(5000), true)).toBe(false);
  });

  test("categories of characters", () => {
    initialize();
    const cases: string[] = [
      "\\p{L}+",
      "aÄжم日𐐀",
      "\\p{Lu}\\p{Ll}+",
      "Éclair",
      "\\P{L}+",
      "12 .€",
      "[\\p{Nd}x]+",
      "1x٣",
      "[^\\p{L}\\p{N}]",
      "-",
      "[^\\P{Lu}]+",
      "ABÇ",
      "[\\P{L}a-c]+",
      "a1b2",
      "\\p{Sc}\\p{Zs}\\p{Pd}",
      "€ –",
      "(\\p{Lt}|\\p{Cn})*",
      "ǅ\u0378ǅ",
      "\\p{C}",
      "\u0007",
    ];
    for (let index = 0; index < cases.length; index += 2) {
      expect(matches(cases[index], cases[index + 1], false)).toBe(true);
      expect(matches(cases[index], "__" + cases[index + 1] + "__", true)).toBe(true);
    }
    const none: string[] = [
      "\\p{Lu}",
      "a",
      "\\P{L}",
      "é",
      "[\\p{L}\\p{N}]",
      "_",
      "[^\\p{P}]",
      "!",
      "\\p{Co}",
      "a",
      "\\pL",
      "pL",
      "\\p{}",
      "a",
      "\\p{",
      "a",
      "\\p{X}",
      "a",
      "\\p{Lx}",
      "a",
      "\\p{Lul}",
      "A",
      "\\p{Cs}",
      "a",
      "\\p{l}",
      "a",
      "[a-\\p{L}]",
      "b",
    ];
    for (let index = 0; index < none.length; index += 2) expect(matches(none[index], none[index + 1], false)).toBe(false);
  });
});
