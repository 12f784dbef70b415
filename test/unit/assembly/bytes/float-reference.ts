/**
 * Binary floating point with exact integers, for comparison: numbers are fractions of BigInts until they are rounded once.
 * A format is the number of mantissa bits and the exponents (of the lowest mantissa bit) that it allows.
 */
export interface FloatFormat {
  readonly bits: number;
  readonly lowest: number;
  readonly highest: number;
}
export const DOUBLE: FloatFormat = { bits: 53, lowest: -1074, highest: 971 };
export const EXTENDED: FloatFormat = { bits: 64, lowest: -16445, highest: 16320 };

/** (-1)^negative * mantissa * 2^exponent; "zero" keeps its sign, and overflow is told by `infinite`. */
export interface FloatValue {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly infinite: boolean;
}

export interface Fraction {
  readonly negative: boolean;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const NUMBER_PATTERN =
  /^([+-]?)(?:0x(?=\.?[0-9a-f])([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?[0-9]+))?|(?=\.?[0-9])([0-9]*)\.?([0-9]*)(?:e([+-]?[0-9]+))?)$/i;

/** The exact value of a number's text, or undefined if it is none. Exponents must be moderate. */
export function fractionOf(text: string): Fraction | undefined {
  const found = NUMBER_PATTERN.exec(text);
  if (!found) return undefined;
  const [, sign, hexWhole, hexPart, hexExponent, whole, part, exponent] = found;
  const negative = sign === "-";
  if (hexWhole !== undefined) {
    const power = Number(hexExponent ?? 0) - 4 * (hexPart ?? "").length;
    return scaled(negative, BigInt(`0x0${hexWhole}${hexPart}`), 2n, power);
  }
  return scaled(negative, BigInt(`0${whole}${part}`), 10n, Number(exponent ?? 0) - (part ?? "").length);
}

function scaled(negative: boolean, digits: bigint, base: bigint, power: number): Fraction {
  return power >= 0
    ? { negative, numerator: digits * base ** BigInt(power), denominator: 1n }
    : { negative, numerator: digits, denominator: base ** BigInt(-power) };
}

/** Rounds to the format: to nearest, ties to even. */
export function rounded({ negative, numerator, denominator }: Fraction, format: FloatFormat): FloatValue {
  if (numerator === 0n) return { negative, mantissa: 0n, exponent: format.lowest, infinite: false };
  const magnitude = numerator.toString(2).length - denominator.toString(2).length;
  // numerator / denominator is in (2^(magnitude - 1), 2^(magnitude + 1)): one of two exponents gives a mantissa of the right width.
  for (let exponent = Math.max(magnitude - 1 - format.bits + 1, format.lowest); ; exponent++) {
    const mantissa = roundedQuotient(numerator << BigInt(Math.max(0, -exponent)), denominator << BigInt(Math.max(0, exponent)));
    if (mantissa >> BigInt(format.bits) === 0n) return { negative, mantissa, exponent, infinite: exponent > format.highest };
  }
}

/** numerator / denominator to the nearest integer, ties to even. */
function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator - quotient * denominator);
  return twice > denominator || (twice === denominator && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

export function fractionOfFloat({ negative, mantissa, exponent }: FloatValue): Fraction {
  return scaled(negative, mantissa, 2n, exponent);
}

/** The exact sum. Equal opposite numbers give +0. */
export function sum(a: Fraction, b: Fraction): Fraction {
  const signed = (f: Fraction): bigint => (f.negative ? -f.numerator : f.numerator);
  const total = signed(a) * b.denominator + signed(b) * a.denominator;
  const negative = total === 0n ? a.negative && b.negative : total < 0n;
  return { negative, numerator: total < 0n ? -total : total, denominator: a.denominator * b.denominator };
}

/** Plain decimal text with up to 17 decimals (the exact value rounded, ties to even), trailing zeros dropped. */
export function plainText({ negative, numerator, denominator }: Fraction): string {
  const digits = roundedQuotient(numerator * 10n ** 17n, denominator)
    .toString()
    .padStart(18, "0");
  const text = `${digits.slice(0, -17)}.${digits.slice(-17)}`.replace(/\.?0*$/, "");
  return negative && text !== "0" ? `-${text}` : text;
}

/** The shortest digits of a double in the shape of C's "%.17g"; integers below 10^17 with all their digits. */
export function shortestText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}inf`;
  if (Number.isInteger(size) && size < 1e17) return sign + BigInt(size).toString();
  const [mantissa, power] = size.toExponential().split("e") as [string, string];
  const digits = mantissa.replace(".", "");
  const leading = Number(power);
  if (leading < -4 || leading > 16) {
    return `${sign}${mantissa}e${leading < 0 ? "-" : "+"}${String(Math.abs(leading)).padStart(2, "0")}`;
  }
  if (leading < 0) return `${sign}0.${"0".repeat(-leading - 1)}${digits}`;
  const whole = digits.slice(0, leading + 1).padEnd(leading + 1, "0");
  return sign + whole + (digits.length > leading + 1 ? `.${digits.slice(leading + 1)}` : "");
}
