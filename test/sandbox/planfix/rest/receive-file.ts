import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import type { Readable } from 'node:stream';
import { request } from 'undici';
import { readParts } from '../../core/multipart.ts';
import { PlanfixFailure } from '../failure.ts';
import { ContentTooLarge, storeStream } from '../file-content.ts';
import type { Account, ReceivedFile } from '../model.ts';
import { parseBody } from './parse-body.ts';

/** What a call brings that its file is taken from. */
export type Incoming = {
  account: Account;
  query: Record<string, unknown>;
  /** The body where it is text. */
  text: string;
  /** The body where it is multipart, not read yet. */
  stream: Readable | undefined;
  contentType: string | undefined;
  contentLength: number | undefined;
};

const fetchTimeoutMs = 30_000;
const blocked = privateAddresses();

/** Reads the part `file` of a multipart body. Throws a PlanfixFailure for what Planfix refuses. */
export async function receiveUpload({ account, query, ...incoming }: Incoming): Promise<ReceivedFile> {
  checkTargetType(query.targetType);
  const { stream, contentType, contentLength } = incoming;
  if (stream === undefined) throw new PlanfixFailure(400, 40, 'Parameter file is required');
  const { maxUploadBytes, tooLargeAnswer } = account.settings;
  // A server in front looks at the length and does not read the body.
  if (tooLargeAnswer === '413' && (contentLength ?? 0) > maxUploadBytes) throw tooLarge(account);
  try {
    return checkReceived(account, await readFile(stream, contentType, maxUploadBytes));
  } catch (error) {
    if (error instanceof ContentTooLarge) throw tooLarge(account);
    const isMalformed = error instanceof RangeError || error instanceof URIError;
    if (isMalformed || stream.readableAborted) throw new PlanfixFailure(400, 7001, 'File can not be added');
    throw error;
  }
}

/** The body is read to its end whatever is in it, so that the connection can be used again. */
async function readFile(stream: Readable, contentType: string | undefined, limitBytes: number) {
  let file: Promise<ReceivedFile> | undefined;
  for await (const part of readParts(stream, contentType)) {
    const { name, filename, mimeType, bytes } = part;
    if (name !== 'file' || filename === undefined || file !== undefined) continue;
    file = storeStream(bytes, limitBytes).then((measured) => ({ name: filename, type: mimeType, ...measured }));
    await Promise.allSettled([file]);
  }
  return file;
}

/** Fetches `{ name, url }` as Planfix's server would. Throws a PlanfixFailure for what Planfix refuses. */
export async function receiveFromUrl({ account, query, text }: Incoming): Promise<ReceivedFile> {
  checkTargetType(query.targetType);
  const { name, url } = parseBody(text, 400);
  if (typeof name !== 'string' || name === '') throw new PlanfixFailure(400, 40, 'Parameter name is required');
  const address = URL.canParse(String(url)) ? new URL(String(url)) : undefined;
  if (address === undefined || !(await isSafe(account, address))) throw new PlanfixFailure(400, 41, 'Unsafe url');
  try {
    const { statusCode, headers, body } = await request(address, { signal: AbortSignal.timeout(fetchTimeoutMs) });
    if (statusCode !== 200) throw new PlanfixFailure(400, 7001, `File can not be loaded, status ${statusCode}`);
    const type = headers['content-type'];
    const measured = await storeStream(body, account.settings.maxUploadBytes);
    return checkReceived(account, { name, type: Array.isArray(type) ? type[0] : type, ...measured });
  } catch (error) {
    if (error instanceof PlanfixFailure) throw error;
    if (error instanceof ContentTooLarge) throw tooLarge(account);
    throw new PlanfixFailure(400, 7001, 'File can not be loaded');
  }
}

function checkReceived(account: Account, file: ReceivedFile | undefined): ReceivedFile {
  if (file === undefined) throw new PlanfixFailure(400, 40, 'Parameter file is required');
  const isRefused = file.sizeBytes === 0 && account.settings.emptyFiles === 'refuse';
  if (isRefused) throw new PlanfixFailure(400, 7001, 'File is empty');
  return file;
}

function tooLarge({ settings }: Account): PlanfixFailure {
  return new PlanfixFailure(settings.tooLargeAnswer === '413' ? 413 : 400, 7002, 'File is too big');
}

function checkTargetType(value: unknown): void {
  if (value === undefined || value === 'task' || value === 'directory') return;
  throw new PlanfixFailure(400, 41, `Wrong targetType ${String(value)}`);
}

async function isSafe(account: Account, { protocol, hostname }: URL): Promise<boolean> {
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  if (hostname === `${account.name}.planfix.com`) return false;
  if (account.settings.fromUrlPrivate === 'fetch') return true;
  const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  return found.every(({ address }) => !blocked.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'));
}

function privateAddresses(): BlockList {
  const list = new BlockList();
  const v4 = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'];
  const v6 = ['::/127', 'fc00::/7', 'fe80::/10'];
  for (const subnet of [...v4, '192.168.0.0/16']) addSubnet(list, subnet, 'ipv4');
  for (const subnet of v6) addSubnet(list, subnet, 'ipv6');
  return list;
}

function addSubnet(list: BlockList, subnet: string, family: 'ipv4' | 'ipv6'): void {
  const [network = '', prefix] = subnet.split('/');
  list.addSubnet(network, Number(prefix), family);
}
