/**
 * Goal: what is wrong in patterns and writing clauses is told with openCypher's class and detail, at its place in the text.
 * Method: one query for each rule, and for each place where the rule holds.
 */
import { expect, test } from "vitest";
import { failure } from "./bound.ts";

test.each([
  ["MATCH ()-[r]->() MATCH (r) RETURN 1", "25 VariableTypeConflict"],
  ["MATCH ()-[r]->(r) RETURN 1", "11 VariableTypeConflict"],
  ["MATCH (r) MATCH ()-[r]->() RETURN 1", "21 VariableTypeConflict"],
  ["MATCH (a)-[r]->() MATCH ()-[r*]->() RETURN 1", "29 VariableTypeConflict"],
  ["MATCH ()-[r*]->() MATCH ()-[r]->() RETURN 1", "29 VariableTypeConflict"],
  ["MATCH r = ()-->(), (r) RETURN 1", "21 VariableTypeConflict"],
  ["MATCH r = ()-->(), ()-[r*]->() RETURN 1", "24 VariableTypeConflict"],
  ["WITH 1 AS n MATCH (n) RETURN n", "20 VariableTypeConflict"],
  ["WITH [] AS n MATCH (n) RETURN n", "21 VariableTypeConflict"],
  ["WITH {x: 1} AS r MATCH ()-[r]->() RETURN r", "28 VariableTypeConflict"],
  ["FOREACH (x IN [1, 2] | CREATE (x)-[:T]->())", "32 VariableTypeConflict"],
  ["WITH 1 AS n CREATE (n)-[:T]->()", "21 VariableTypeConflict"],
  ["MATCH (p) MATCH p = ()-->() RETURN 1", "17 VariableAlreadyBound"],
  ["MATCH p = (p)-->() RETURN 1", "7 VariableAlreadyBound"],
  ["MATCH ()-[p]->(), p = ()-->() RETURN 1", "19 VariableAlreadyBound"],
  ["WITH true AS p MATCH p = ()-->() RETURN 1", "22 VariableAlreadyBound"],
  ["MATCH (a) CREATE (a)", "19 VariableAlreadyBound"],
  ["MATCH (a) MERGE (a)", "18 VariableAlreadyBound"],
  ["CREATE (a), (a)", "14 VariableAlreadyBound"],
  ["CREATE (n:Foo) CREATE (n:Bar)-[:T]->()", "24 VariableAlreadyBound"],
  ["CREATE (n:Foo)-[:T]->(n {})", "23 VariableAlreadyBound"],
  ["MATCH ()-[r]->() CREATE ()-[r:T]->()", "29 VariableAlreadyBound"],
  ["MATCH (a)-[r]->(b) MERGE (a)-[r:T]->(b)", "31 VariableAlreadyBound"],
  ["MATCH (a)-[r]->()-[r]->(a) RETURN r", "20 RelationshipUniquenessViolation"],
  ["MATCH ()-[r]->() MATCH ()-[r]->(), ()-[r]->() RETURN r", "40 RelationshipUniquenessViolation"],
  ["CREATE (b {name: missing})", "18 UndefinedVariable"],
  ["CREATE (a {x: b.y}), (b {y: 1})", "15 UndefinedVariable"],
  ["CREATE (a {x: a.y})", "15 UndefinedVariable"],
  ["CREATE (a {x: r.y})-[r:T]->()", "15 UndefinedVariable"],
  ["MERGE (a)-[:T {x: a.x}]->(b)", "19 UndefinedVariable"],
  ["MATCH (n) WHERE (n)-[r]->() RETURN n", "22 UndefinedVariable"],
  ["MATCH (n) WHERE (n)-->(m) RETURN n", "24 UndefinedVariable"],
  ["MATCH (n) RETURN shortestPath((n)-[*]->(m))", "41 UndefinedVariable"],
  ["MATCH (n)-[r* {x: r}]->(m) RETURN n", "10 UndefinedVariable"],
  ["MATCH (n) SET m.x = 1", "15 UndefinedVariable"],
  ["MATCH (n) SET m:Foo", "15 UndefinedVariable"],
  ["MATCH (n) REMOVE m.x", "18 UndefinedVariable"],
  ["FOREACH (x IN [1] | CREATE ()) DELETE x", "39 UndefinedVariable"],
  ["MATCH (n) DELETE 1 + 1", "20 InvalidArgumentType"],
  ["MATCH (n) DELETE [n]", "18 InvalidArgumentType"],
  ["MATCH p = ()-->() SET p.x = 1", "23 InvalidArgumentType"],
  ["MATCH ()-[r]->() SET r:Foo", "22 InvalidArgumentType"],
  ["MATCH (n) SET n = 1", "19 InvalidArgumentType"],
  ["FOREACH (x IN 1 | CREATE ())", "15 InvalidArgumentType"],
])("%s", (query, told) => {
  const [column, detail] = told.split(" ");
  expect(failure(query).message).toMatch(new RegExp(` at line 1:${column} \\[SyntaxError: ${detail}\\]$`));
});
