import { parseSync } from '@swc/core';
import type { SourceFile } from './source-files.ts';

/** What stands where the code puts a value. */
export const PLACE = '…';

type Node = { type?: string; [name: string]: unknown };

/** Told to developers and operators of the server, or said in two languages by itself. */
const SILENT_CALLS = /^(?:describe|meta|redirect|warn|error|info|debug|Error|Counter|Gauge|Histogram)$/;
const SILENT_NAMES = /^(?:summary|SUMMARIES|description|tags|help|ru)$/;

/** A sentence, or what zod says of a value ("must be six digits"). */
const SENTENCE = /^(?:[A-Z"…][^\n]* [^\n]*|(?:must|holds|is too) [^\n]+)$/;

/** Every sentence that the code of a file can say; values in it are `PLACE`. */
export function sentencesIn({ text }: SourceFile): string[] {
  const texts = textsOf(parseSync(text, { syntax: 'typescript', target: 'es2024' }));
  return texts.filter((sentence) => SENTENCE.test(sentence));
}

function textsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Node;
  if (nameOf(node.callee) === 'notFound') return textsOf(node.arguments).map((what) => `There is no such ${what}`);
  const text = textOf(node);
  return text === undefined ? partsOf(node).flatMap(textsOf) : [text];
}

/** What of it may be told; what comes before a call (`schema.min(1).meta(…)`) may in any case. */
function partsOf(node: Node): unknown[] {
  const { type, callee } = node;
  const isNamed = type === 'KeyValueProperty' || type === 'VariableDeclarator';
  if (type === 'TaggedTemplateExpression' || (isNamed && SILENT_NAMES.test(nameOf(node.key ?? node.id)))) return [];
  const isCall = type === 'CallExpression' || type === 'NewExpression';
  return isCall && SILENT_CALLS.test(nameOf(callee)) ? [callee] : Object.values(node);
}

/** `f` of `f()` and of `x.f()`. */
function nameOf(node: unknown): string {
  const { value, property } = (node ?? {}) as { value?: unknown; property?: { value?: unknown } };
  return String(property?.value ?? value);
}

/** Undefined: it is no text, or not only text. */
function textOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral') return node.value as string;
  if (node.type === 'TemplateLiteral') {
    return (node.quasis as { cooked: string }[]).map(({ cooked }) => cooked).join(PLACE);
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const [left, right] = [textOf(node.left as Node), textOf(node.right as Node)];
  return left === undefined || right === undefined ? undefined : left + right;
}
