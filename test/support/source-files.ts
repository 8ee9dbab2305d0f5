import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Module, parseSync } from '@swc/core';
import { ROOT } from '../../dev/folders.ts';

/** Every folder that holds code; those that do not exist yet are passed over. */
export const CODE_FOLDERS = ['workflows', 'activities', 'worker', 'api', 'db', 'test', 'web', 'dev'];

export type SourceFile = { path: string; text: string };

/** All hand-written TypeScript below the code folders, with paths relative to the root. */
export function listSourceFiles(): SourceFile[] {
  return CODE_FOLDERS.flatMap((folder) => listEntries(folder))
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.generated.ts'))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** Every folder below the code folders, relative to the root. */
export function listFolders(): string[] {
  return CODE_FOLDERS.flatMap((folder) => [folder, ...listEntries(folder)]).filter((path) =>
    statSync(join(ROOT, path), { throwIfNoEntry: false })?.isDirectory(),
  );
}

function listEntries(folder: string): string[] {
  const absolute = join(ROOT, folder);
  if (!statSync(absolute, { throwIfNoEntry: false })) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist)(\/|$)/.test(path));
}

export type ImportOfFile = { specifier: string; typeOnly: boolean };
export type FunctionOfFile = { line: number; lines: number };

/** What the rules about single files need to know. */
export type FileShape = { imports: ImportOfFile[]; functions: FunctionOfFile[]; anyAtLines: number[] };

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
  'Constructor',
]);

type Node = { type: string; span: { start: number; end: number } };

/** Reads the shape of a file from its syntax tree. */
export function readShape({ path, text }: SourceFile): FileShape {
  // The parser counts bytes, and goes on counting from one file to the next; the first statement tells where it began.
  const marked = Buffer.from(`;${text}`);
  const tree = parseSync(marked.toString(), { syntax: 'typescript', tsx: path.endsWith('.tsx'), target: 'es2024' });
  const base = (tree.body[0] as unknown as Node).span.start;
  const lineAt = (position: number) => countLines(marked.subarray(0, position - base));
  const shape: FileShape = { imports: readImports(tree), functions: [], anyAtLines: [] };
  walk(tree, (node) => {
    if (FUNCTIONS.has(node.type)) {
      const line = lineAt(node.span.start);
      shape.functions.push({ line, lines: lineAt(node.span.end) - line + 1 });
    }
    if (node.type === 'TsKeywordType' && (node as Node & { kind: string }).kind === 'any') {
      shape.anyAtLines.push(lineAt(node.span.start));
    }
  });
  return shape;
}

function readImports(tree: Module): ImportOfFile[] {
  return tree.body.flatMap((item) => {
    if (item.type === 'ImportDeclaration') {
      const each = item.specifiers.map((one) => one.type === 'ImportSpecifier' && one.isTypeOnly);
      return [{ specifier: item.source.value, typeOnly: item.typeOnly || (each.length > 0 && each.every(Boolean)) }];
    }
    if (item.type === 'ExportAllDeclaration') return [{ specifier: item.source.value, typeOnly: false }];
    if (item.type === 'ExportNamedDeclaration' && item.source) {
      return [{ specifier: item.source.value, typeOnly: 'typeOnly' in item && item.typeOnly === true }];
    }
    return [];
  });
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string' && 'span' in value) visit(value as Node);
    for (const child of Object.values(value)) walk(child, visit);
  }
}

function countLines(bytes: Buffer): number {
  let lines = 1;
  for (const byte of bytes) if (byte === 10) lines += 1;
  return lines;
}
