/*
 * SQL as PostgreSQL 16 writes it: the parser grammar. Tokens come from host/query/parser/sql/lexer.ts (README.md says why).
 *
 * 1. Flat: an expression is a list of operands, operators and suffixes; host/query/parser/sql/expression.ts gives them PostgreSQL's
 *    precedence. Set operations and joins are lists too.
 * 2. Shared prefixes are hoisted: WITH stands in `statement`, a name and a call begin in one rule, and `parenthesized` holds what a bracket
 *    may hold. Nearly every decision is made on one token; test/unit/host/query/lookahead.test.ts measures it.
 * 3. Only the words that the grammar needs, and PostgreSQL's reserved ones, are tokens. The lists at the end say where each may be a name.
 * 4. What is too much for the flat form (ESCAPE without LIKE, a set operation behind a scalar) is refused where the AST is made.
 */
parser grammar SqlParser;

tokens {
    IDENT, QUOTED_IDENT, NUMBER, STRING, BIT_STRING, HEX_STRING, PARAMETER, OPERATOR, SEMI, COMMA, DOT, LPAREN, RPAREN, LBRACK, RBRACK, COLON, TYPECAST,
    COLON_EQUALS, EQUALS_GREATER, PLUS, MINUS, STAR, SLASH, PERCENT, CARET, EQ, NEQ, LT, LE, GT, GE,
    ABORT, ACTION, ADD, ALL, ALTER, ALWAYS, ANALYSE, ANALYZE, AND, ANY, ARRAY, AS, ASC, ASYMMETRIC, AT, AUTHORIZATION, BEGIN, BETWEEN, BINARY, BOTH, BY,
    CALLED, CASCADE, CASE, CAST, CHAIN, CHECK, CHECKPOINT, COLLATE, COLLATION, COLUMN, COMMENT, COMMIT, COMMITTED, CONCURRENTLY, CONFLICT, CONSTRAINT, CONTINUE, CREATE, CROSS,
    CURRENT, CURRENT_CATALOG, CURRENT_DATE, CURRENT_ROLE, CURRENT_SCHEMA, CURRENT_TIME, CURRENT_TIMESTAMP, CURRENT_USER, DATA, DAY, DEALLOCATE, DEFAULT, DEFERRABLE,
    DEFERRED, DELETE, DESC, DISTINCT, DO, DOUBLE, DROP, ELSE, END, ESCAPE, EXCEPT, EXCLUDE, EXECUTE, EXISTS, EXPLAIN, EXTRACT, FALSE, FETCH, FILTER, FIRST,
    FOLLOWING, FOR, FOREIGN, FREEZE, FROM, FULL, FUNCTION, GENERATED, GRANT, GROUP, GROUPING, GROUPS, HAVING, HOUR, IDENTITY, IF, ILIKE, IMMEDIATE,
    IMMUTABLE, IN, INCLUDE, INDEX, INHERIT, INITIALLY, INNER, INPUT, INSERT, INTERSECT, INTERVAL, INTO, IS, ISNULL, ISOLATION, JOIN, KEY, LANGUAGE, LAST,
    LATERAL, LEADING, LEFT, LEVEL, LIKE, LIMIT, LOCAL, LOCALTIME, LOCALTIMESTAMP, LOCKED, MATCH, MATCHED, MATERIALIZED, MERGE, MINUTE, MONTH, NATURAL, NEXT, NO, NOT,
    NOTHING, NOTNULL, NOWAIT, NULL, NULLS, OF, OFFSET, ON, ONLY, OR, ORDER, ORDINALITY, OTHERS, OUTER, OVER, OVERLAPS, OVERLAY, OVERRIDING, PARTIAL, PARTITION,
    PLACING, POSITION, PRECEDING, PRECISION, PREPARE, PRIMARY, RANGE, READ, RECURSIVE, REFERENCES, RELEASE, RENAME, REPEATABLE, REPLACE, RESET, RESTART, RESTRICT,
    RETURNING, RETURNS, RIGHT, ROLLBACK, ROW, ROWS, SAVEPOINT, SCHEMA, SECOND, SELECT, SEQUENCE, SERIALIZABLE, SESSION, SESSION_USER, SET, SETS, SHARE, SHOW,
    SIMILAR, SIMPLE, SKIP, SOME, STABLE, START, STORED, STRICT, SUBSTRING, SYMMETRIC, SYSTEM_USER, TABLE, TABLESAMPLE, TEMP, TEMPORARY, THEN, TIES, TIME,
    TIMESTAMP, TO, TRAILING, TRANSACTION, TRIM, TRUE, TRUNCATE, TYPE, UNCOMMITTED, UNION, UNIQUE, UNKNOWN, UNLOGGED, UPDATE, USER, USING, VACUUM, VALUES,
    VARIADIC, VARYING, VERBOSE, VIEW, VOLATILE, WHEN, WHERE, WINDOW, WITH, WITHIN, WITHOUT, WORK, WRITE, YEAR, ZONE
}

root : statement SEMI* EOF ;

statement
    : withClause? (query | insertStatement | updateStatement | deleteStatement | mergeStatement)
    | createStatement | dropStatement | alterStatement | truncateStatement | transactionStatement | settingStatement | explainStatement | maintenanceStatement
    | preparedStatement | commentStatement
    ;

// ---- Queries ----

withClause : WITH RECURSIVE? commonTable (COMMA commonTable)* ;
commonTable : name=ident columnNames? AS (NOT? MATERIALIZED)? LPAREN withClause? (query | insertStatement | updateStatement | deleteStatement | mergeStatement) RPAREN recursionClause* ;
// SEARCH BREADTH|DEPTH FIRST BY ... SET ..., CYCLE ... SET ... USING ...: the words are no tokens.
recursionClause : IDENT (IDENT FIRST BY)? ident (COMMA ident)* SET ident (TO cycleMark DEFAULT cycleMark)? (USING ident)? ;
cycleMark : STRING | NUMBER | TRUE | FALSE | NULL ;
subquery : withClause? query ;
query : queryPrimary queryTail ;
queryPrimary : simpleQuery | LPAREN subquery RPAREN ;
queryTail : (setOperator queryPrimary)* orderBy? (limitPart | lockingPart)* ;
setOperator : (UNION | INTERSECT | EXCEPT) (ALL | DISTINCT)? ;
simpleQuery : selectQuery | valuesQuery | TABLE relation ;
// A query that does not begin with a bracket: told from an expression by its first token.
startedQuery : withClause query | simpleQuery queryTail ;
selectQuery : SELECT (ALL | DISTINCT (ON LPAREN exprList RPAREN)?)? selectList? fromClause? (WHERE where=expr)? (GROUP BY groupList)? (HAVING having=expr)? windowClause? ;
selectList : selectItem (COMMA selectItem)* ;
selectItem : STAR | expr (AS label | bareLabel)? ;
fromClause : FROM tableReference (COMMA tableReference)* ;
groupList : (ALL | DISTINCT)? groupItem (COMMA groupItem)* ;
groupItem : GROUPING SETS LPAREN groupItem (COMMA groupItem)* RPAREN | LPAREN RPAREN | expr ;
windowClause : WINDOW windowDefinition (COMMA windowDefinition)* ;
windowDefinition : ident AS LPAREN windowSpec RPAREN ;
valuesQuery : VALUES valuesRow (COMMA valuesRow)* ;
valuesRow : LPAREN value (COMMA value)* RPAREN ;
value : DEFAULT | expr ;
orderBy : ORDER BY orderItem (COMMA orderItem)* ;
orderItem : expr (ASC | DESC)? (NULLS (FIRST | LAST))? ;
limitPart : LIMIT (ALL | limit=expr) | OFFSET offset=expr (ROW | ROWS)? | FETCH (FIRST | NEXT) fetchCount? (ROW | ROWS) (ONLY | WITH TIES) ;
fetchCount : (PLUS | MINUS)? NUMBER | PARAMETER | LPAREN expr RPAREN ;
lockingPart : FOR (UPDATE | NO KEY UPDATE | SHARE | KEY SHARE) (OF ident (COMMA ident)*)? (NOWAIT | SKIP LOCKED)? ;

// ---- FROM ----

tableReference : tablePrimary joinPart* ;
joinPart : CROSS JOIN tablePrimary | NATURAL joinKind? JOIN tablePrimary | joinKind? JOIN tablePrimary joinCondition* ;
joinKind : INNER | (LEFT | RIGHT | FULL) OUTER? ;
joinCondition : ON expr | USING columnNames (AS ident)? ;
tablePrimary
    : relation (LPAREN callArguments? RPAREN callReturns? (WITH ORDINALITY)?)? tableAlias?
    | LATERAL (LPAREN subquery RPAREN | relation LPAREN callArguments? RPAREN callReturns? (WITH ORDINALITY)?) tableAlias?
    | LPAREN (startedQuery | tableReference queryTail) RPAREN tableAlias?
    | ONLY relation tableAlias?
    ;
callReturns : RETURNS LPAREN returnedColumn (COMMA returnedColumn)* RPAREN ;
returnedColumn : label AS label ;
tableAlias : (AS ident? | ident) (LPAREN aliasColumn (COMMA aliasColumn)* RPAREN)? ;
aliasColumn : ident typeName? ;
relation : ident (DOT label)* ;
columnNames : LPAREN ident (COMMA ident)* RPAREN ;

// ---- INSERT, UPDATE, DELETE, TRUNCATE ----

insertStatement : (INSERT (OR REPLACE)? | REPLACE) INTO relation (AS ident)? (LPAREN target (COMMA target)* RPAREN)? overriding? (subquery | DEFAULT VALUES) conflictClause? returning? ;
// SYSTEM and VALUE need not be tokens for that.
overriding : OVERRIDING (IDENT | USER) IDENT ;
conflictClause : ON CONFLICT (LPAREN indexElement (COMMA indexElement)* RPAREN (WHERE targetWhere=expr)? | ON CONSTRAINT constraint=ident)? DO (NOTHING | UPDATE SET assignments (WHERE where=expr)?) ;
updateStatement : UPDATE relation (AS ident | updateAlias)? SET assignments fromClause? (WHERE where=expr)? returning? ;
deleteStatement : DELETE FROM relation (AS? ident)? (USING tableReference (COMMA tableReference)*)? (WHERE where=expr)? returning? ;
// Of joins the last condition is that of MERGE: an ON behind `tableReference` would be one more that could belong to them.
mergeStatement : MERGE INTO relation (AS? ident)? USING tablePrimary (ON expr | joinPart+) mergeBranch+ ;
mergeBranch : WHEN NOT? MATCHED (AND expr)? THEN mergeAction ;
mergeAction : UPDATE SET assignments | DELETE | INSERT (LPAREN target (COMMA target)* RPAREN)? (VALUES valuesRow | DEFAULT VALUES) | DO NOTHING ;
returning : RETURNING selectList ;
assignments : assignment (COMMA assignment)* ;
assignment : target EQ value | LPAREN target (COMMA target)* RPAREN EQ ROW? assignedRow ;
assignedRow : LPAREN (startedQuery | value (COMMA value)* queryTail) RPAREN ;
target : ident (DOT label | LBRACK expr RBRACK)* ;
truncateStatement : TRUNCATE TABLE? relation (COMMA relation)* ((RESTART | CONTINUE) IDENTITY)? dropBehavior? ;

// ---- Definitions ----

createStatement : CREATE (createTable | createIndex | createView | createSchema | createFunction | createSequence) ;
ifNotExists : IF NOT EXISTS ;
ifExists : IF EXISTS ;
dropBehavior : CASCADE | RESTRICT ;
createTable : (TEMP | TEMPORARY | UNLOGGED)? TABLE ifNotExists? relation (LPAREN (tableElement (COMMA tableElement)*)? RPAREN (AS subquery withData?)? | AS subquery withData?) ;
withData : WITH NO? DATA ;
tableElement : columnElement | tableConstraint ;
columnElement : ident (typeName columnConstraint*)? ;
columnConstraint : (CONSTRAINT name=ident)? columnRule ;
columnRule
    : NOT (NULL | DEFERRABLE) | NULL | DEFAULT restrictedExpr | CHECK LPAREN expr RPAREN (NO INHERIT)? | UNIQUE nullsDistinct? | PRIMARY KEY | references | COLLATE relation
    | GENERATED (ALWAYS | BY DEFAULT) AS (IDENTITY (LPAREN sequenceOption* RPAREN)? | LPAREN expr RPAREN STORED) | DEFERRABLE | INITIALLY (DEFERRED | IMMEDIATE)
    ;
nullsDistinct : NULLS NOT? DISTINCT ;
references : REFERENCES relation columnNames? (MATCH (FULL | PARTIAL | SIMPLE) | referenceAction)* ;
referenceAction : ON (DELETE | UPDATE) (NO ACTION | RESTRICT | CASCADE | SET (NULL | DEFAULT) columnNames?) ;
tableConstraint : (CONSTRAINT name=ident)? (PRIMARY KEY columnNames | UNIQUE nullsDistinct? columnNames | CHECK LPAREN expr RPAREN (NO INHERIT)? | FOREIGN KEY columnNames references) constraintTiming* ;
constraintTiming : NOT? DEFERRABLE | INITIALLY (DEFERRED | IMMEDIATE) ;
createIndex : UNIQUE? INDEX CONCURRENTLY? (ifNotExists? name=ident)? ON ONLY? relation (USING method=ident)? LPAREN indexElement (COMMA indexElement)* RPAREN (INCLUDE columnNames)? nullsDistinct? (WHERE expr)? ;
indexElement : (relation (LPAREN callArguments? RPAREN)? | LPAREN expr RPAREN) (COLLATE collation=relation)? operatorClass=ident? (ASC | DESC)? (NULLS (FIRST | LAST))? ;
createView : (OR REPLACE)? (TEMP | TEMPORARY)? VIEW ifNotExists? relation columnNames? AS subquery ;
// Most words of its options are known by their text.
createSequence : (TEMP | TEMPORARY | UNLOGGED)? SEQUENCE ifNotExists? relation sequenceOption* ;
sequenceOption : AS typeName | NO IDENT | START WITH? sequenceNumber | RESTART (WITH? sequenceNumber)? | IDENT (BY (sequenceNumber | relation) | sequenceNumber)? ;
sequenceNumber : (PLUS | MINUS)? NUMBER ;
createSchema : SCHEMA ifNotExists? ident ;
createFunction : (OR REPLACE)? FUNCTION relation LPAREN (functionParameter (COMMA functionParameter)*)? RPAREN functionOption* ;
functionParameter : first=typeName second=typeName? ((DEFAULT | EQ) expr)? ;
functionOption : RETURNS (NULL ON NULL INPUT | typeName) | CALLED ON NULL INPUT | LANGUAGE (ident | STRING) | AS STRING (COMMA STRING)? | IMMUTABLE | STABLE | VOLATILE | STRICT ;
dropStatement : DROP (TABLE | INDEX CONCURRENTLY? | VIEW | SCHEMA | FUNCTION | SEQUENCE) ifExists? droppedObject (COMMA droppedObject)* dropBehavior? ;
droppedObject : relation (LPAREN (droppedParameter (COMMA droppedParameter)*)? RPAREN)? ;
// `type` or `name type`; the name does not matter.
droppedParameter : first=typeName second=typeName? ;
alterStatement : ALTER SEQUENCE ifExists? relation sequenceOption+ | ALTER (TABLE | INDEX | VIEW) ifExists? ONLY? relation (RENAME renaming | alterAction (COMMA alterAction)* | SET SCHEMA schema=ident) ;
renaming : TO to=ident | CONSTRAINT source=ident TO to=ident | COLUMN? source=ident TO to=ident ;
alterAction
    : ADD (tableConstraint | COLUMN? ifNotExists? ident typeName columnConstraint*)
    | DROP (CONSTRAINT ifExists? ident | COLUMN? ifExists? ident) dropBehavior?
    | ALTER COLUMN? ident (SET DEFAULT expr | DROP DEFAULT | (SET | DROP) NOT NULL | (SET DATA)? TYPE typeName (COLLATE collation=relation)? (USING expr)?)
    ;

// ---- Transactions, settings, EXPLAIN, upkeep ----

transactionStatement
    : BEGIN (WORK | TRANSACTION)? transactionModes?
    | START TRANSACTION transactionModes?
    | (COMMIT | END) (WORK | TRANSACTION)? (AND NO? CHAIN)?
    | (ROLLBACK | ABORT) (WORK | TRANSACTION)? (TO SAVEPOINT? ident | AND NO? CHAIN)?
    | SAVEPOINT ident
    | RELEASE SAVEPOINT? ident
    ;
transactionModes : transactionMode (COMMA? transactionMode)* ;
transactionMode : ISOLATION LEVEL isolationLevel | READ (ONLY | WRITE) | NOT? DEFERRABLE ;
// A word of its own is SNAPSHOT, which need not be reserved for that.
isolationLevel : SERIALIZABLE | REPEATABLE READ | READ (COMMITTED | UNCOMMITTED) | IDENT ;
settingStatement
    : SET (TRANSACTION transactionModes | (SESSION | LOCAL)? (TIME ZONE settingValue | settingName settingChange))
    | SHOW (ALL | TIME ZONE | TRANSACTION ISOLATION LEVEL | settingName)
    | RESET (ALL | TIME ZONE | settingName)
    ;
settingName : ident (DOT label)* ;
// What SESSION CHARACTERISTICS has behind it, or any setting.
settingChange : AS TRANSACTION transactionModes | (TO | EQ) settingValue (COMMA settingValue)* ;
settingValue : STRING | (PLUS | MINUS)? NUMBER | label ;
explainStatement : EXPLAIN (LPAREN explainOption (COMMA explainOption)* RPAREN | (ANALYZE | ANALYSE)? VERBOSE?) withClause? (query | insertStatement | updateStatement | deleteStatement | mergeStatement | createStatement) ;
explainOption : (ident | ANALYZE | ANALYSE | VERBOSE | FULL | FREEZE) settingValue? ;
maintenanceStatement
    : CHECKPOINT
    | VACUUM (LPAREN explainOption (COMMA explainOption)* RPAREN)? FULL? FREEZE? VERBOSE? (ANALYZE | ANALYSE)? (maintained (COMMA maintained)*)?
    | (ANALYZE | ANALYSE) (LPAREN explainOption (COMMA explainOption)* RPAREN)? VERBOSE? (maintained (COMMA maintained)*)?
    ;
maintained : relation columnNames? ;
preparedStatement
    : PREPARE ident (LPAREN typeName (COMMA typeName)* RPAREN)? AS withClause? (query | insertStatement | updateStatement | deleteStatement | mergeStatement)
    | EXECUTE ident (LPAREN exprList RPAREN)?
    | DEALLOCATE PREPARE? (ident | ALL)
    ;
commentStatement : COMMENT ON (TABLE | COLUMN | VIEW) relation IS (STRING | NULL) ;

// ---- Expressions ----

exprList : expr (COMMA expr)* ;
expr : operand exprPart* ;
exprPart
    : plainOperator (operand | quantified)
    | (AND | OR | ESCAPE | OVERLAPS | AT TIME ZONE) operand
    | NOT? ((LIKE | ILIKE | SIMILAR TO) (operand | quantified) | BETWEEN (SYMMETRIC | ASYMMETRIC)? operand | IN inList)
    | IS NOT? (NULL | TRUE | FALSE | UNKNOWN | DISTINCT FROM operand)
    | ISNULL
    | NOTNULL
    | COLLATE relation
    ;
// What PostgreSQL calls b_expr: no AND, OR, NOT, LIKE, BETWEEN, IN, COLLATE.
restrictedExpr : operand restrictedPart* ;
restrictedPart : plainOperator operand | IS NOT? DISTINCT FROM operand ;
plainOperator : EQ | NEQ | LT | LE | GT | GE | PLUS | MINUS | STAR | SLASH | PERCENT | CARET | OPERATOR ;
quantified : (ANY | SOME | ALL) parenthesized ;
operand : prefixOperator* primary postfix* ;
prefixOperator : NOT | PLUS | MINUS | OPERATOR ;
postfix : TYPECAST simpleType | LBRACK lower=expr? (COLON upper=expr?)? RBRACK | DOT (label callSuffix? | STAR) ;
// Extension: the list may be empty.
inList : LPAREN (startedQuery | expr (COMMA expr)* queryTail)? RPAREN ;
parenthesized : LPAREN (startedQuery | expr (COMMA expr)* queryTail) RPAREN ;

primary
    : literal
    | PARAMETER
    | exprName (callSuffix | STRING | PRECISION STRING)?
    | (LEFT | RIGHT) callSuffix
    | parenthesized
    | caseExpr
    | CAST LPAREN expr AS typeName RPAREN
    | EXISTS LPAREN subquery RPAREN
    | ARRAY (LBRACK arrayElements? RBRACK | LPAREN subquery RPAREN)
    | ROW (LPAREN exprList? RPAREN)?
    | (TIMESTAMP | TIME) ((LPAREN NUMBER RPAREN)? ((WITH | WITHOUT) TIME ZONE)? STRING)?
    | INTERVAL ((LPAREN NUMBER RPAREN)? STRING intervalFields?)?
    | keywordValue
    | EXTRACT (LPAREN (label | STRING) FROM expr RPAREN)?
    | SUBSTRING (LPAREN expr (FROM startAt=expr (FOR length=expr)? | FOR length=expr (FROM startAt=expr)? | SIMILAR pattern=restrictedExpr ESCAPE escape=expr | (COMMA expr)*) RPAREN)?
    | POSITION (LPAREN restrictedExpr IN restrictedExpr RPAREN)?
    | TRIM (LPAREN (BOTH | LEADING | TRAILING)? (FROM exprList | expr (FROM exprList | (COMMA expr)*)) RPAREN)?
    | OVERLAY (LPAREN expr (PLACING placing=expr FROM startAt=expr (FOR length=expr)? | (COMMA expr)*) RPAREN)?
    ;
literal : NUMBER | STRING | BIT_STRING | HEX_STRING | TRUE | FALSE | NULL ;
keywordValue
    : CURRENT_DATE | CURRENT_USER | CURRENT_ROLE | CURRENT_CATALOG | CURRENT_SCHEMA (LPAREN RPAREN)? | SESSION_USER | SYSTEM_USER | USER
    | (CURRENT_TIME | CURRENT_TIMESTAMP | LOCALTIME | LOCALTIMESTAMP) (LPAREN NUMBER RPAREN)?
    ;
caseExpr : CASE subject=expr? whenPart+ (ELSE otherwise=expr)? END ;
whenPart : WHEN condition=expr THEN result=expr ;
arrayElements : arrayElement (COMMA arrayElement)* ;
arrayElement : expr | LBRACK arrayElements? RBRACK ;
callSuffix : LPAREN callArguments? RPAREN (WITHIN GROUP LPAREN orderBy RPAREN)? (FILTER LPAREN WHERE filter=expr RPAREN)? (OVER (ident | LPAREN windowSpec RPAREN))? ;
callArguments : STAR | (ALL | DISTINCT)? argument (COMMA argument)* orderBy? ;
argument : VARIADIC? expr ((EQUALS_GREATER | COLON_EQUALS) expr)? ;
windowSpec : base=windowName? (PARTITION BY exprList)? orderBy? frameClause? ;
frameClause : (ROWS | RANGE | GROUPS) (frameBound | BETWEEN frameBound AND frameBound) (EXCLUDE (CURRENT ROW | GROUP | TIES | NO OTHERS))? ;
// UNBOUNDED is no token: the AST builder knows it by its text.
frameBound : CURRENT ROW | expr (PRECEDING | FOLLOWING) ;

// ---- Types ----

typeName : simpleType (ARRAY (LBRACK NUMBER RBRACK)? | (LBRACK NUMBER? RBRACK)+)? ;
simpleType
    : (TIMESTAMP | TIME) (LPAREN NUMBER RPAREN)? ((WITH | WITHOUT) TIME ZONE)?
    | INTERVAL (intervalFields | LPAREN NUMBER RPAREN)?
    | DOUBLE PRECISION
    | typeWord (DOT label)* VARYING? (LPAREN NUMBER (COMMA MINUS? NUMBER)* RPAREN)?
    ;
intervalFields : intervalField (TO intervalField)? ;
intervalField : YEAR | MONTH | DAY | HOUR | MINUTE | SECOND (LPAREN NUMBER RPAREN)? ;

// ---- Names: which words may stand where (PostgreSQL, Appendix C) ----

// A column, table or other thing: unreserved words and those that are not function or type names, save VALUES, which would look like
// a call for as long as its first row lasts.
ident : IDENT | QUOTED_IDENT
    | ACTION | ADD | ALTER | ALWAYS | AT | BEGIN | BY | CALLED | CASCADE | CHAIN | CHECKPOINT | COMMENT | COMMIT | COMMITTED | CONFLICT | CURRENT | DATA | DAY | DEALLOCATE | DEFERRED | DELETE
    | DOUBLE | DROP | ESCAPE | EXCLUDE | EXECUTE | EXPLAIN | FILTER | FIRST | FOLLOWING | FUNCTION | GENERATED | GROUPING | GROUPS | HOUR | IDENTITY | IF |
    IMMEDIATE | IMMUTABLE | INCLUDE | INDEX | INHERIT | INPUT | INSERT | ISOLATION | KEY | LANGUAGE | LAST | LEVEL | LOCAL | LOCKED | MATCH | MATCHED | MATERIALIZED | MERGE
    | MINUTE | MONTH | NEXT | NO | NOTHING | NOWAIT | NULLS | OF | ORDINALITY | OTHERS | OVER | PARTIAL | PARTITION | PRECEDING | PREPARE | RANGE | READ | RECURSIVE
    | RELEASE | RENAME | REPEATABLE | REPLACE | RESET | RESTART | RESTRICT | RETURNS | ROLLBACK | ROWS | SAVEPOINT | OVERRIDING | SCHEMA | SEQUENCE | SECOND | SERIALIZABLE |
    SESSION | SET | SETS | SHARE | SHOW | SIMPLE | SKIP | STABLE | START | STORED | STRICT | TEMP | TEMPORARY | TIES | TRANSACTION | TRUNCATE | TYPE |
    UNCOMMITTED | UNKNOWN | UNLOGGED | UPDATE | VACUUM | VARYING | VIEW | VOLATILE | WITHIN | WITHOUT | WORK | WRITE | YEAR | ZONE | CONTINUE | ABORT
    | BETWEEN | EXISTS | EXTRACT | INTERVAL | OVERLAY | POSITION | PRECISION | ROW | SUBSTRING | TIME | TIMESTAMP | TRIM ;
// The first word of an expression; the words missing here begin constructs of their own in `primary`.
exprName : IDENT | QUOTED_IDENT
    | ACTION | ADD | ALTER | ALWAYS | AT | BEGIN | BY | CALLED | CASCADE | CHAIN | CHECKPOINT | COMMENT | COMMIT | COMMITTED | CONFLICT | CURRENT | DATA | DAY | DEALLOCATE | DEFERRED | DELETE
    | DOUBLE | DROP | ESCAPE | EXCLUDE | EXECUTE | EXPLAIN | FILTER | FIRST | FOLLOWING | FUNCTION | GENERATED | GROUPING | GROUPS | HOUR | IDENTITY | IF |
    IMMEDIATE | IMMUTABLE | INCLUDE | INDEX | INHERIT | INPUT | INSERT | ISOLATION | KEY | LANGUAGE | LAST | LEVEL | LOCAL | LOCKED | MATCH | MATCHED | MATERIALIZED | MERGE
    | MINUTE | MONTH | NEXT | NO | NOTHING | NOWAIT | NULLS | OF | ORDINALITY | OTHERS | OVER | PARTIAL | PARTITION | PRECEDING | PREPARE | RANGE | READ | RECURSIVE
    | RELEASE | RENAME | REPEATABLE | REPLACE | RESET | RESTART | RESTRICT | RETURNS | ROLLBACK | ROWS | SAVEPOINT | OVERRIDING | SCHEMA | SEQUENCE | SECOND | SERIALIZABLE |
    SESSION | SET | SETS | SHARE | SHOW | SIMPLE | SKIP | STABLE | START | STORED | STRICT | TEMP | TEMPORARY | TIES | TRANSACTION | TRUNCATE | TYPE |
    UNCOMMITTED | UNKNOWN | UNLOGGED | UPDATE | VACUUM | VARYING | VIEW | VOLATILE | WITHIN | WITHOUT | WORK | WRITE | YEAR | ZONE | CONTINUE | ABORT ;
// An alias behind UPDATE's table without AS: not SET.
updateAlias : IDENT | QUOTED_IDENT
    | ACTION | ADD | ALTER | ALWAYS | AT | BEGIN | BY | CALLED | CASCADE | CHAIN | CHECKPOINT | COMMENT | COMMIT | COMMITTED | CONFLICT | CURRENT | DATA | DAY | DEALLOCATE | DEFERRED | DELETE
    | DOUBLE | DROP | ESCAPE | EXCLUDE | EXECUTE | EXPLAIN | FILTER | FIRST | FOLLOWING | FUNCTION | GENERATED | GROUPING | GROUPS | HOUR | IDENTITY | IF |
    IMMEDIATE | IMMUTABLE | INCLUDE | INDEX | INHERIT | INPUT | INSERT | ISOLATION | KEY | LANGUAGE | LAST | LEVEL | LOCAL | LOCKED | MATCH | MATCHED | MATERIALIZED | MERGE
    | MINUTE | MONTH | NEXT | NO | NOTHING | NOWAIT | NULLS | OF | ORDINALITY | OTHERS | OVER | PARTIAL | PARTITION | PRECEDING | PREPARE | RANGE | READ | RECURSIVE
    | RELEASE | RENAME | REPEATABLE | REPLACE | RESET | RESTART | RESTRICT | RETURNS | ROLLBACK | ROWS | SAVEPOINT | OVERRIDING | SCHEMA | SEQUENCE | SECOND | SERIALIZABLE |
    SESSION | SETS | SHARE | SHOW | SIMPLE | SKIP | STABLE | START | STORED | STRICT | TEMP | TEMPORARY | TIES | TRANSACTION | TRUNCATE | TYPE |
    UNCOMMITTED | UNKNOWN | UNLOGGED | UPDATE | VACUUM | VARYING | VIEW | VOLATILE | WITHIN | WITHOUT | WORK | WRITE | YEAR | ZONE | CONTINUE | ABORT ;
// The name of a window inside of a window: not the words that begin its clauses.
windowName : IDENT | QUOTED_IDENT
    | ACTION | ADD | ALTER | ALWAYS | AT | BEGIN | BY | CALLED | CASCADE | CHAIN | CHECKPOINT | COMMENT | COMMIT | COMMITTED | CONFLICT | CURRENT | DATA | DAY | DEALLOCATE | DEFERRED | DELETE
    | DOUBLE | DROP | ESCAPE | EXCLUDE | EXECUTE | EXPLAIN | FILTER | FIRST | FOLLOWING | FUNCTION | GENERATED | GROUPING | HOUR | IDENTITY | IF | IMMEDIATE |
    IMMUTABLE | INCLUDE | INDEX | INHERIT | INPUT | INSERT | ISOLATION | KEY | LANGUAGE | LAST | LEVEL | LOCAL | LOCKED | MATCH | MATCHED | MATERIALIZED | MERGE | MINUTE |
    MONTH | NEXT | NO | NOTHING | NOWAIT | NULLS | OF | ORDINALITY | OTHERS | OVER | PARTIAL | PRECEDING | PREPARE | READ | RECURSIVE | RELEASE | RENAME |
    REPEATABLE | REPLACE | RESET | RESTART | RESTRICT | RETURNS | ROLLBACK | SAVEPOINT | OVERRIDING | SCHEMA | SEQUENCE | SECOND | SERIALIZABLE | SESSION | SET | SETS | SHARE |
    SHOW | SIMPLE | SKIP | STABLE | START | STORED | STRICT | TEMP | TEMPORARY | TIES | TRANSACTION | TRUNCATE | TYPE | UNCOMMITTED | UNKNOWN | UNLOGGED |
    UPDATE | VACUUM | VARYING | VIEW | VOLATILE | WITHIN | WITHOUT | WORK | WRITE | YEAR | ZONE | CONTINUE | ABORT ;
typeWord : IDENT | QUOTED_IDENT
    | ACTION | ADD | ALTER | ALWAYS | AT | BEGIN | BY | CALLED | CASCADE | CHAIN | CHECKPOINT | COMMENT | COMMIT | COMMITTED | CONFLICT | CURRENT | DATA | DAY | DEALLOCATE | DEFERRED | DELETE
    | DROP | ESCAPE | EXCLUDE | EXECUTE | EXPLAIN | FILTER | FIRST | FOLLOWING | FUNCTION | GENERATED | GROUPING | GROUPS | HOUR | IDENTITY | IF | IMMEDIATE |
    IMMUTABLE | INCLUDE | INDEX | INHERIT | INPUT | INSERT | ISOLATION | KEY | LANGUAGE | LAST | LEVEL | LOCAL | LOCKED | MATCH | MATCHED | MATERIALIZED | MERGE | MINUTE |
    MONTH | NEXT | NO | NOTHING | NOWAIT | NULLS | OF | ORDINALITY | OTHERS | OVER | PARTIAL | PARTITION | PRECEDING | PREPARE | RANGE | READ | RECURSIVE | RELEASE
    | RENAME | REPEATABLE | REPLACE | RESET | RESTART | RESTRICT | RETURNS | ROLLBACK | ROWS | SAVEPOINT | OVERRIDING | SCHEMA | SEQUENCE | SECOND | SERIALIZABLE | SESSION | SET
    | SETS | SHARE | SHOW | SIMPLE | SKIP | STABLE | START | STORED | STRICT | TEMP | TEMPORARY | TIES | TRANSACTION | TRUNCATE | TYPE | UNCOMMITTED |
    UNKNOWN | UNLOGGED | UPDATE | VACUUM | VIEW | VOLATILE | WITHIN | WITHOUT | WORK | WRITE | YEAR | ZONE | CONTINUE | ABORT ;
// A result column's name without AS.
bareLabel : IDENT | QUOTED_IDENT
    | ACTION | ADD | ALTER | ALWAYS | BEGIN | BY | CALLED | CASCADE | CHAIN | CHECKPOINT | COMMENT | COMMIT | COMMITTED | CONFLICT | CURRENT | DATA | DEALLOCATE | DEFERRED | DELETE | DOUBLE |
    DROP | EXCLUDE | EXECUTE | EXPLAIN | FIRST | FOLLOWING | FUNCTION | GENERATED | GROUPING | GROUPS | IDENTITY | IF | IMMEDIATE | IMMUTABLE | INCLUDE | INDEX |
    INHERIT | INPUT | INSERT | ISOLATION | KEY | LANGUAGE | LAST | LEVEL | LOCAL | LOCKED | MATCH | MATCHED | MATERIALIZED | MERGE | NEXT | NO | NOTHING | NOWAIT | NULLS |
    OF | ORDINALITY | OTHERS | PARTIAL | PARTITION | PRECEDING | PREPARE | RANGE | READ | RECURSIVE | RELEASE | RENAME | REPEATABLE | REPLACE | RESET | RESTART |
    RESTRICT | RETURNS | ROLLBACK | ROWS | SAVEPOINT | OVERRIDING | SCHEMA | SEQUENCE | SERIALIZABLE | SESSION | SET | SETS | SHARE | SHOW | SIMPLE | SKIP | STABLE | START |
    STORED | STRICT | TEMP | TEMPORARY | TIES | TRANSACTION | TRUNCATE | TYPE | UNCOMMITTED | UNKNOWN | UNLOGGED | UPDATE | VACUUM | VIEW | VOLATILE |
    WORK | WRITE | ZONE | CONTINUE | ABORT | EXISTS | EXTRACT | INTERVAL | OVERLAY | POSITION | ROW | SUBSTRING | TIME | TIMESTAMP | TRIM ;
// A result column's name behind AS, or a name behind a dot: every word.
label : IDENT | QUOTED_IDENT
    | ABORT | ACTION | ADD | ALL | ALTER | ALWAYS | ANALYSE | ANALYZE | AND | ANY | ARRAY | AS | ASC | ASYMMETRIC | AT | AUTHORIZATION | BEGIN | BETWEEN |
    BINARY | BOTH | BY | CALLED | CASCADE | CASE | CAST | CHAIN | CHECK | CHECKPOINT | COLLATE | COLLATION | COLUMN | COMMENT | COMMIT | COMMITTED | CONCURRENTLY | CONFLICT |
    CONSTRAINT | CONTINUE | CREATE | CROSS | CURRENT | CURRENT_CATALOG | CURRENT_DATE | CURRENT_ROLE | CURRENT_SCHEMA | CURRENT_TIME | CURRENT_TIMESTAMP |
    CURRENT_USER | DATA | DAY | DEALLOCATE | DEFAULT | DEFERRABLE | DEFERRED | DELETE | DESC | DISTINCT | DO | DOUBLE | DROP | ELSE | END | ESCAPE | EXCEPT | EXCLUDE | EXECUTE |
    EXISTS | EXPLAIN | EXTRACT | FALSE | FETCH | FILTER | FIRST | FOLLOWING | FOR | FOREIGN | FREEZE | FROM | FULL | FUNCTION | GENERATED | GRANT | GROUP
    | GROUPING | GROUPS | HAVING | HOUR | IDENTITY | IF | ILIKE | IMMEDIATE | IMMUTABLE | IN | INCLUDE | INDEX | INHERIT | INITIALLY | INNER | INPUT |
    INSERT | INTERSECT | INTERVAL | INTO | IS | ISNULL | ISOLATION | JOIN | KEY | LANGUAGE | LAST | LATERAL | LEADING | LEFT | LEVEL | LIKE | LIMIT |
    LOCAL | LOCALTIME | LOCALTIMESTAMP | LOCKED | MATCH | MATCHED | MATERIALIZED | MERGE | MINUTE | MONTH | NATURAL | NEXT | NO | NOT | NOTHING | NOTNULL | NOWAIT | NULL |
    NULLS | OF | OFFSET | ON | ONLY | OR | ORDER | ORDINALITY | OTHERS | OUTER | OVER | OVERLAPS | OVERLAY | PARTIAL | PARTITION | PLACING | POSITION |
    PRECEDING | PRECISION | PREPARE | PRIMARY | RANGE | READ | RECURSIVE | REFERENCES | RELEASE | RENAME | REPEATABLE | REPLACE | RESET | RESTART | RESTRICT |
    RETURNING | RETURNS | RIGHT | ROLLBACK | ROW | ROWS | SAVEPOINT | OVERRIDING | SCHEMA | SEQUENCE | SECOND | SELECT | SERIALIZABLE | SESSION | SESSION_USER | SET | SETS |
    SHARE | SHOW | SIMILAR | SIMPLE | SKIP | SOME | STABLE | START | STORED | STRICT | SUBSTRING | SYMMETRIC | SYSTEM_USER | TABLE | TABLESAMPLE | TEMP |
    TEMPORARY | THEN | TIES | TIME | TIMESTAMP | TO | TRAILING | TRANSACTION | TRIM | TRUE | TRUNCATE | TYPE | UNCOMMITTED | UNION | UNIQUE | UNKNOWN |
    UNLOGGED | UPDATE | USER | USING | VACUUM | VALUES | VARIADIC | VARYING | VERBOSE | VIEW | VOLATILE | WHEN | WHERE | WINDOW | WITH | WITHIN | WITHOUT
    | WORK | WRITE | YEAR | ZONE ;
