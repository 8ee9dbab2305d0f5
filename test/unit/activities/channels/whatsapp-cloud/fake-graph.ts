import { expect } from '@jest/globals';
import type {
  ChannelCredentials,
  FileHttp,
  HttpRequest,
  HttpResponse,
} from '../../../../../activities/channels/channel.ts';
import { channelClients } from '../../../../../activities/channels/clients.ts';
import { ChannelError } from '../../../../../activities/channels/errors.ts';

const CREDENTIALS: ChannelCredentials = {
  apiUrl: 'https://graph.example',
  apiVersion: 'v26.0',
  numberId: '106',
  accountId: '102',
  accessToken: 'secret-token',
  appId: '900',
};
export type Answer = { status?: number; body?: unknown; headers?: HttpResponse['headers'] } | Error;

/** Meta's side, answering by path; what it was asked is kept. */
export function aGraph(answers: Record<string, Answer | Answer[]>) {
  const requests: HttpRequest[] = [];
  const http = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    const path = request.url.replace('https://graph.example/v26.0', '').split('?')[0] as string;
    const found = answers[`${request.method} ${path}`] ?? new Error(`unexpected request to ${path}`);
    const answer = Array.isArray(found) ? (found.shift() as Answer) : found;
    if (answer instanceof Error) throw answer;
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    return { status: answer.status ?? 200, headers: answer.headers ?? {}, body, receivedAtMs: 0 };
  };
  return { requests, client: channelClients['whatsapp-cloud'](CREDENTIALS, { send: http, files: NO_FILES }) };
}

const NO_FILES: FileHttp = {
  download: () => Promise.reject(new Error('no download is expected')),
  upload: () => Promise.reject(new Error('no upload is expected')),
};

export function graphError(code: number, more: object = {}): object {
  const text = `(#${code}) something about +49 151 00000002`;
  return {
    error: { message: text, type: 'OAuthException', code, error_data: { details: text }, fbtrace_id: 'A1', ...more },
  };
}

export function httpFailure(reached: 'never' | 'maybe', reason = 'no-connection'): Error {
  return Object.assign(new Error('graph.example'), { reached, reason });
}

export async function failureOf(promise: Promise<unknown>): Promise<ChannelError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ChannelError);
  return error as ChannelError;
}
