import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { NODE, ROOT } from '../../dev/folders.ts';
import type { TestSandbox } from './sandbox.ts';

/** The company that the tests of the sandbox's page play with. */
export const bakery = {
  account: 'bakery',
  planfixToken: 'sandbox-page-planfix-token',
  phoneNumberId: '700000000000001',
  wabaId: '900000000000001',
  appId: '800000000000001',
  accessToken: 'sandbox-page-token',
};

/** In a process of its own: the bundler is not made for jest's module loader. */
export function buildPage(): void {
  const built = spawnSync(NODE, [join(ROOT, 'dev/build-page.ts'), 'test/sandbox/page', './'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the page does not build: ${built.stderr}`);
}

/** Nothing in the sandbox but the bakery: an app, a number that is in the phone app too, and a Planfix account. */
export async function createBakery(sandbox: TestSandbox): Promise<void> {
  const { account, planfixToken, phoneNumberId, wabaId, appId, accessToken } = bakery;
  expect((await fetch(`${sandbox.url}/control`, { method: 'DELETE' })).status).toBe(200);
  await sandbox.control('POST', 'graph/apps', { appId, appSecret: 'sandbox-page-secret' });
  await sandbox.control('POST', 'graph/numbers', {
    phoneNumberId,
    wabaId,
    displayPhoneNumber: '+7 495 555-00-10',
    verifiedName: 'Sunny Bakery',
    isOnBizApp: true,
    accessToken,
    appId,
  });
  await sandbox.control('POST', 'planfix/accounts', { account, token: planfixToken });
}

/** The newest bubble with that text on the phone. */
export const bubbleOf = (phone: Locator, text: string): Locator =>
  phone.getByRole('listitem').filter({ hasText: text }).last();

/** Sends to the customer with the phone 79215550123, as the product does; resolves to the message's id if it got one. */
export async function sendAsBusiness(sandbox: TestSandbox, message: Record<string, unknown>): Promise<string> {
  const answer = await callGraph(sandbox, 'messages', { to: '+79215550123', ...message });
  return (answer as { messages?: { id: string }[] }).messages?.[0]?.id ?? '';
}

/** Uploads a file as the product does; resolves to its id. */
export async function uploadAsBusiness(sandbox: TestSandbox, file: File): Promise<string> {
  const form = new FormData();
  form.set('messaging_product', 'whatsapp');
  form.set('type', file.type);
  form.set('file', file);
  return ((await callGraph(sandbox, 'media', form)) as { id: string }).id;
}

async function callGraph(
  { url }: TestSandbox,
  path: string,
  body: Record<string, unknown> | FormData,
): Promise<unknown> {
  const authorization = `Bearer ${bakery.accessToken}`;
  const response = await fetch(`${url}/graph/v26.0/${bakery.phoneNumberId}/${path}`, {
    method: 'POST',
    ...(body instanceof FormData
      ? { headers: { authorization }, body }
      : {
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify({ messaging_product: 'whatsapp', ...body }),
        }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}

/** The browser's own, for what is carried out there. */
declare const DataTransfer: new () => { items: { add: (file: File) => void } };

/** Drops files onto an element, as a person does with the mouse. */
export async function dropFiles(target: Locator, files: { name: string; type: string; bytes: Buffer }[]) {
  const given = files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') }));
  const dataTransfer = await target.page().evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type }));
    }
    return transfer;
  }, given);
  await target.dispatchEvent('dragenter', { dataTransfer });
  await target.dispatchEvent('dragover', { dataTransfer });
  await target.dispatchEvent('drop', { dataTransfer });
}

/** Three pixels wide. */
export const aPhoto = {
  name: 'cake.png',
  type: 'image/png',
  bytes: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAHElEQVR4nGM4EaBxKcroTooNQ1SPTUCTkVuFBgBPEAcnsxyKZwAAAABJRU5ErkJggg==',
    'base64',
  ),
};

/** How wide a picture is in itself, once it has loaded. */
export async function naturalWidthOf(picture: Locator): Promise<number> {
  await picture.waitFor();
  return picture.evaluate(async (element) => {
    const image = element as unknown as { naturalWidth: number; decode: () => Promise<void> };
    await image.decode();
    return image.naturalWidth;
  });
}
