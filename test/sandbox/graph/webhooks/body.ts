import { createHmac } from 'node:crypto';

/**
 * The bytes of a webhook as the network writes them: everything beyond ASCII as `\uXXXX` in lower case, so that a
 * receiver which parses and writes anew has other bytes than those signed (WhatsApp: signature).
 */
export function encodeBody(body: unknown, escapeSlashes: boolean): Buffer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const escaped = isAscii(text) ? text : text.replace(/[\u0080-\uffff]/g, escapeUnit);
  return Buffer.from(escapeSlashes ? escaped.replace(/\//g, '\\/') : escaped, 'latin1');
}

/** The header `X-Hub-Signature-256`: over exactly these bytes, with the app's secret. */
export function signBody(body: Buffer, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
