/*
 * Cypher as openCypher 9 writes it: the parser grammar. Tokens come from host/query/parser/cypher/lexer.ts (README.md says why).
 *
 * 1. Flat: an expression is a list of operands, operators and suffixes; host/query/parser/cypher/transform/expression.ts gives them
 *    openCypher's precedence. What may follow what (WITH between CREATE and MATCH, RETURN at the end) is looked at there, too.
 * 2. A bracket that begins a pattern looks like one around an expression for as long as you please. The lexer finds out: where
 *    `(n:A)-[...]->(` stands, its brackets are PATTERN_START and PATTERN_LINK (links.ts). So every decision is made on a token or two.
 * 3. Comprehensions, quantifiers and reduce are lists and calls with WHERE or | behind their expressions; `x IN xs` is read as an
 *    expression and taken apart where the AST is made.
 * 4. The lists at the end say which words may be names.
 */
parser grammar CypherParser;

tokens {
    IDENT, QUOTED_IDENT, NUMBER, BAD_NUMBER, STRING, PARAMETER, SEMI, COMMA, DOT, DOT_DOT, COLON, PIPE, LPAREN, RPAREN, PATTERN_START, PATTERN_LINK, LBRACK, RBRACK,
    LBRACE, RBRACE, PLUS, MINUS, STAR, SLASH, PERCENT, CARET, EQ, NEQ, LT, LE, GT, GE, MATCHES, PLUS_EQ, DASH, LEFT_HEAD, RIGHT_HEAD,
    ALL, AND, AS, ASC, ASCENDING, BY, CALL, CASE, CONSTRAINT, CONTAINS, CREATE, DELETE, DESC, DESCENDING, DETACH, DISTINCT, DROP, ELSE, END, ENDS, EXISTS, EXPLAIN, FALSE,
    FOR, FOREACH, IF, IN, INDEX, IS, KEY, LIMIT, MATCH, MERGE, NODE, NOT, NULL, ON, OPTIONAL, OR, ORDER, PROFILE, REMOVE, REQUIRE, RETURN, SET, SHOW, SKIP, STARTS, THEN, TRUE,
    UNION, UNIQUE, UNWIND, WHEN, WHERE, WITH, XOR, YIELD
}

root : statement SEMI* EOF ;

statement : (EXPLAIN | PROFILE)? (query | dropStatement | showStatement) ;
query : singleQuery (UNION ALL? singleQuery)* ;
singleQuery : clause+ ;
clause
    : matchClause | unwindClause | callClause | createClause | mergeClause | setClause | removeClause | deleteClause | foreachClause | withClause | returnClause
    ;

// ---- Reading ----

matchClause : OPTIONAL? MATCH patternList (WHERE expr)? ;
unwindClause : UNWIND expr AS name ;
callClause : CALL (LBRACE query RBRACE | procedureName (LPAREN exprList? RPAREN)? (YIELD yieldPart)?) ;
procedureName : word (DOT word)* ;
yieldPart : STAR | MINUS | yieldItem (COMMA yieldItem)* (WHERE expr)? ;
yieldItem : name (AS name)? ;
withClause : WITH projection (WHERE expr)? ;
returnClause : RETURN projection ;
projection : DISTINCT? (STAR | projectionItem) (COMMA projectionItem)* (ORDER BY sortItem (COMMA sortItem)*)? (SKIP skip=expr)? (LIMIT limit=expr)? ;
projectionItem : expr (AS name)? ;
sortItem : expr (ASC | ASCENDING | DESC | DESCENDING)? ;

// ---- Writing ----

createClause : CREATE (patternList | indexDefinition | constraintDefinition) ;
mergeClause : MERGE pattern mergeAction* ;
mergeAction : ON (MATCH | CREATE) setClause ;
setClause : SET setItem (COMMA setItem)* ;
setItem : postfixed ((EQ | PLUS_EQ) expr)? ;
removeClause : REMOVE postfixed (COMMA postfixed)* ;
deleteClause : DETACH? DELETE exprList ;
foreachClause : FOREACH LPAREN name IN expr PIPE clause+ RPAREN ;

// ---- Definitions ----

indexDefinition : INDEX name? ifNotExists? FOR entity ON LPAREN propertyName (COMMA propertyName)* RPAREN ;
constraintDefinition : CONSTRAINT name? ifNotExists? FOR entity REQUIRE (propertyName | LPAREN propertyName (COMMA propertyName)* RPAREN) IS (UNIQUE | NOT NULL | NODE? KEY) ;
dropStatement : DROP (INDEX | CONSTRAINT) name (IF EXISTS)? ;
// What is shown, with its kinds in front.
showStatement : SHOW showWord+ (WHERE where=expr | YIELD projection (WHERE where=expr)? returnClause?)? ;
showWord : IDENT | ALL | CONSTRAINT | INDEX | KEY | NODE | UNIQUE ;
ifNotExists : IF NOT EXISTS ;
entity : nodeOpen (name COLON word nodeClose | nodeClose relationship nodeOpen nodeClose) ;
propertyName : name DOT word ;

// ---- Patterns ----

patternList : pattern (COMMA pattern)* ;
// A word in front of the element is shortestPath or allShortestPaths.
pattern : (name (EQ name?)?)? patternElement ;
patternElement : nodeOpen (patternElement nodeClose | nodeBody nodeClose (relationship nodeOpen nodeBody nodeClose)*) ;
// In an expression: begins with a bracket that the lexer has marked, and goes on behind each bracket marked as link.
patternPredicate : PATTERN_START nodeBody (PATTERN_LINK relationship nodeOpen nodeBody)+ RPAREN ;
nodeOpen : LPAREN | PATTERN_START ;
nodeClose : RPAREN | PATTERN_LINK ;
nodeBody : name? (COLON word)* properties? ;
properties : mapLiteral | PARAMETER ;
relationship : (LT | LEFT_HEAD)? (MINUS | DASH) relationshipDetail? (MINUS | DASH) (GT | RIGHT_HEAD)? ;
relationshipDetail : LBRACK name? (COLON word (PIPE COLON? word)*)? range? properties? RBRACK ;
range : STAR lower=bound? (DOT_DOT upper=bound?)? ;
bound : NUMBER ;

// ---- Expressions ----

exprList : expr (COMMA expr)* ;
expr : operand exprPart* ;
exprPart
    : (OR | XOR | AND | EQ | NEQ | LT | LE | GT | GE | PLUS | MINUS | STAR | SLASH | PERCENT | CARET | MATCHES | IN | CONTAINS | (STARTS | ENDS) WITH) operand
    | IS NOT? NULL
    ;
operand : prefixOperator* postfixed ;
prefixOperator : NOT | PLUS | MINUS ;
postfixed : primary postfix* ;
postfix
    : DOT word callSuffix?
    | COLON word
    | LBRACK (lower=expr (DOT_DOT upper=expr?)? | DOT_DOT upper=expr?) RBRACK
    | LBRACE (projectedItem (COMMA projectedItem)*)? RBRACE
    ;
projectedItem : DOT (STAR | word) | word (COLON expr)? ;
primary
    : literal
    | PARAMETER
    | name callSuffix?
    | ALL callSuffix
    | EXISTS (callSuffix | LBRACE (query | patternList (WHERE expr)?) RBRACE)
    | LPAREN expr RPAREN
    | patternPredicate
    | LBRACK elements? RBRACK
    | mapLiteral
    | caseExpr
    ;
literal : NUMBER | BAD_NUMBER | STRING | TRUE | FALSE | NULL ;
callSuffix : LPAREN (STAR | DISTINCT? elements)? RPAREN ;
// WHERE and | make a comprehension, a quantifier or reduce of it.
elements : exprList (WHERE condition=expr)? (PIPE result=expr)? ;
mapLiteral : LBRACE (mapEntry (COMMA mapEntry)*)? RBRACE ;
mapEntry : word COLON expr ;
caseExpr : CASE subject=expr? whenPart+ (ELSE otherwise=expr)? END ;
whenPart : WHEN condition=expr THEN result=expr ;

// ---- Names ----

// A variable, function, index or parameter: words that openCypher does not reserve.
name : IDENT | QUOTED_IDENT | CALL | EXPLAIN | FOREACH | IF | INDEX | KEY | NODE | PROFILE | SHOW | YIELD ;
// A label, type, key or procedure: every word.
word : IDENT | QUOTED_IDENT
    | ALL | AND | AS | ASC | ASCENDING | BY | CALL | CASE | CONSTRAINT | CONTAINS | CREATE | DELETE | DESC | DESCENDING | DETACH | DISTINCT | DROP | ELSE | END | ENDS
    | EXISTS | EXPLAIN | FALSE | FOR | FOREACH | IF | IN | INDEX | IS | KEY | LIMIT | MATCH | MERGE | NODE | NOT | NULL | ON | OPTIONAL | OR | ORDER | PROFILE | REMOVE
    | REQUIRE | RETURN | SET | SHOW | SKIP | STARTS | THEN | TRUE | UNION | UNIQUE | UNWIND | WHEN | WHERE | WITH | XOR | YIELD ;
