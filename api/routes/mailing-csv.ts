import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { LineParameters, LineProblem } from '../../workflows/domain/mailing-lines.ts';
import { type FieldError, Problem } from '../problem-details.ts';

/** `line` is counted as a spreadsheet shows it; `problem`: it can be read, and not sent to. */
export type RecipientLine = {
  line: number;
  recipient: string;
  name: string | undefined;
  parameters: LineParameters | undefined;
  problem?: LineProblem;
};

const PATH = 'recipients';
const DELIMITERS = [',', ';', '\t'] as const;
const CHUNK_BYTES = 1 << 16;
/** A quote that is never closed must not swallow the whole file. */
const LONGEST_LINE_BYTES = 1 << 16;
const LONGEST_NAME = 200;

/** The recipients of a file, as they come. Throws a 422 problem when it is no such file. */
export async function* readRecipientsFile(file: Buffer): AsyncGenerator<RecipientLine> {
  if (file.length === 0) throw refuse('The file is empty', 'Send a CSV file with a header line');
  const decoder = new TextDecoder(encodingOf(file));
  const delimiter = delimiterOf(new TextDecoder(encodingOf(file)).decode(file.subarray(0, CHUNK_BYTES)));
  const parser = Readable.from(chunksOf(file, decoder)).pipe(
    parse({ delimiter, relax_quotes: true, relax_column_count: true, max_record_size: LONGEST_LINE_BYTES }),
  );
  let columns: Column[] | undefined;
  let line = 0;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      line += 1;
      if (isBlank(cells) || (columns === undefined && /^sep=.?$/i.test(cells.join('')))) continue;
      if (columns === undefined) columns = readHeader(cells);
      else yield readLine(cells, columns, line);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser is ahead of what came out of it.
    const { records = line } = error as { records?: number };
    throw refuse(`The file cannot be read after line ${records}`, 'Look for a quotation mark that is not closed');
  }
  if (columns === undefined) throw refuse('The file is empty', 'Send a CSV file with a header line');
}

const isBlank = (cells: readonly string[]) => cells.every((cell) => cell.trim() === '');

const refuse = (message: string, remedy: string) =>
  new Problem('invalid-fields', message, { errors: [{ path: PATH, message, remedy }] });

/** Spreadsheets write UTF-8, UTF-16 ("Unicode text"), or, in Russian Windows, its old one. */
function encodingOf(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return 'utf-16le';
  return isUtf8(file) ? 'utf-8' : 'windows-1251';
}

function* chunksOf(file: Buffer, decoder: TextDecoder): Generator<string> {
  for (let at = 0; at < file.length; at += CHUNK_BYTES) {
    const text = decoder.decode(file.subarray(at, at + CHUNK_BYTES), { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** What separates the names of the header, since cells below may hold any of them. */
function delimiterOf(start: string): string {
  const named = /^sep=(.)\s*$/im.exec(start.slice(0, 10))?.[1];
  if (named !== undefined) return named;
  const header = start.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  const count = (delimiter: string) => header.split(delimiter).length;
  return [...DELIMITERS].sort((one, other) => count(other) - count(one))[0] as string;
}

type Part = keyof LineParameters;
type Column =
  | { title: string; kind: 'to' }
  | { title: string; kind: 'name' }
  | { title: string; kind: 'none' }
  | { title: string; kind: 'parameter'; part: Part; key: string };

const TO_TITLES: ReadonlySet<string> = new Set(['to', 'phone']);
const PARAMETER_TITLE = /^(body|header|button)\.([A-Za-z][A-Za-z0-9_]*|[1-9]\d?)$/;
const PARTS = { body: 'body', header: 'header', button: 'buttons' } as const satisfies Record<string, Part>;
const COLUMNS_REMEDY =
  'The first line names the columns: "to" (or "phone"), "name", "body.1" or "body.<placeholder>", "header.1", ' +
  '"header.link", "button.1"';

function readHeader(cells: readonly string[]): Column[] {
  const columns = cells.map(readTitle);
  const errors: FieldError[] = columns.flatMap((column) => (column instanceof Object ? [] : [unknownColumn(column)]));
  const known = columns.filter((column) => column instanceof Object);
  const twice = known.find(
    (column, index) => column.title !== '' && known.findIndex(({ title }) => title === column.title) !== index,
  );
  if (!known.some((column) => column.kind === 'to')) {
    errors.unshift({ path: PATH, message: 'The header line names no column "to"', remedy: COLUMNS_REMEDY });
  } else if (twice) {
    const message = `The header line names the column "${twice.title}" twice`;
    errors.push({ path: PATH, message, remedy: 'Keep one of them' });
  }
  if (errors.length > 0) throw new Problem('invalid-fields', 'The header line of the file is not right', { errors });
  return known;
}

const unknownColumn = (title: string): FieldError => ({
  path: PATH,
  message: `The column "${title.slice(0, 50)}" is not known`,
  remedy: COLUMNS_REMEDY,
});

function readTitle(cell: string): Column | string {
  const title = cell.trim();
  const lower = title.toLowerCase();
  if (lower === '') return { title: '', kind: 'none' };
  if (TO_TITLES.has(lower)) return { title: 'to', kind: 'to' };
  if (lower === 'name') return { title: lower, kind: 'name' };
  const [, part, key] = PARAMETER_TITLE.exec(title) ?? [];
  if (part === undefined || key === undefined) return title;
  return { title, kind: 'parameter', part: PARTS[part as keyof typeof PARTS], key };
}

function readLine(cells: readonly string[], columns: readonly Column[], line: number): RecipientLine {
  const read: RecipientLine = { line, recipient: '', name: undefined, parameters: undefined };
  const parameters: { [Name in Part]?: Record<string, string> } = {};
  for (const [index, cell] of cells.entries()) {
    const column = columns[index];
    const value = readCell(cell);
    if (value === '') continue;
    if (column === undefined || column.kind === 'none') {
      read.problem = problem(
        String(index + 1),
        'The line has more cells than the header',
        'Quote cells that hold the separator',
      );
    } else if (value === undefined) {
      read.problem = problem(column.title, 'The cell holds a formula', 'Write its value instead');
    } else if (value.includes('\0')) {
      read.problem = problem(column.title, 'The cell holds what is no text', 'Save the file as CSV');
    } else if (column.kind === 'to') read.recipient = value;
    else if (column.kind === 'name') read.name = value.slice(0, LONGEST_NAME);
    else {
      const values = parameters[column.part] ?? {};
      parameters[column.part] = { ...values, [column.key]: value };
    }
  }
  return Object.keys(parameters).length === 0 ? read : { ...read, parameters };
}

const problem = (path: string, message: string, remedy: string): LineProblem => ({ path, message, remedy });

/** Spreadsheets are made to keep a phone as it is by `="+49…"`; undefined: any other formula. */
function readCell(cell: string): string | undefined {
  const text = cell.trim();
  if (!text.startsWith('=')) return text;
  return /^="([^"]*)"$/.exec(text)?.[1]?.trim();
}
