import type { GraphSandbox } from '../index.ts';
import { isMediaKind } from '../media/types.ts';
import * as contents from '../messages/contents.ts';
import { type IncomingFile, mediaContent } from '../messages/incoming-media.ts';
import type { Content } from '../messages/receive.ts';
import { isFields } from '../messages/types.ts';
import type { Chat, Message } from '../model.ts';
import { type Body, ControlError, optionalNumber, optionalText, requiredText } from './input.ts';

const mostMadeUp = 1024 * 1024 * 1024;

/** Forms that are one object, and what becomes of each. */
const forms: Record<string, (given: Body) => Content> = {
  location: contents.locationContent,
  button: contents.buttonContent,
  list: contents.listContent,
  flow: contents.flowContent,
  order: contents.orderContent,
  unsupported: (given) =>
    contents.unsupportedContent(optionalText(given, 'type'), optionalNumber(given, 'code') ?? 131051),
  message: contents.rawContent,
};

/** What a customer does, in the form that the call gives; exactly one. @throws ControlError 400, 404 */
export async function readContent(sandbox: GraphSandbox, chat: Chat, body: Body, origin: string): Promise<Content> {
  const { world } = sandbox;
  if (isFields(body.media)) return readMediaForm(sandbox, chat, body.media, origin);
  if (isFields(body.reaction)) return readReaction(sandbox, body.reaction);
  if (isFields(body.edit)) {
    const { edit } = body;
    return contents.editContent(world, requiredText(edit, 'messageId'), requiredText(edit, 'text'));
  }
  if (isFields(body.tap)) return readTap(chat, body.tap, world.messages.get(requiredText(body.tap, 'messageId')));
  if (isFields(body.revoke)) return contents.revokeContent(world, requiredText(body.revoke, 'messageId'));
  if (isFields(body.system)) return contents.systemContent(chat, body.system, world.core.clock.now());
  if (Array.isArray(body.contacts)) {
    return contents.contactsContent(body.contacts, optionalText(body, 'contactsOrigin') ?? 'other');
  }
  if (body.requestWelcome === true) return contents.welcomeContent;
  for (const [name, form] of Object.entries(forms)) {
    const given = body[name];
    if (isFields(given)) return form(given);
  }
  const text = optionalText(body, 'text');
  if (text === undefined) throw new ControlError(400, 'text, message or another form is required');
  return contents.textContent(text);
}

function readTap(chat: Chat, { button }: Body, message: Message | undefined): Content {
  const content = message?.chat === chat ? contents.tapContent(message, button) : undefined;
  if (content === undefined) throw new ControlError(404, 'no such quick reply in this chat');
  return content;
}

function readReaction({ world }: GraphSandbox, reaction: Body): Content {
  const emoji = optionalText(reaction, 'emoji');
  const messageId = requiredText(reaction, 'messageId');
  return contents.reactionContent(world, messageId, emoji, reaction.encoding === 'empty');
}

/** @throws ControlError 400, 404 */
export async function readMediaForm(
  sandbox: GraphSandbox,
  { number }: Chat,
  form: Body,
  origin: string,
): Promise<Content> {
  const { kind } = form;
  if (!isMediaKind(kind)) throw new ControlError(400, 'media.kind must be image, video, audio, document or sticker');
  const content = await mediaContent(
    sandbox,
    number,
    {
      kind,
      bytes: readBytes(form),
      mimeType: optionalText(form, 'mimeType'),
      filename: optionalText(form, 'filename'),
      caption: optionalText(form, 'caption'),
      voice: form.voice === true,
      animated: form.animated === true,
    },
    origin,
  );
  if (content === undefined) throw new ControlError(404, 'no such media at this number');
  return content;
}

function readBytes(form: Body): IncomingFile['bytes'] {
  const mediaId = optionalText(form, 'mediaId');
  if (mediaId !== undefined) return { mediaId };
  const base64 = optionalText(form, 'base64');
  if (base64 !== undefined) return { base64 };
  const size = optionalNumber(form, 'size');
  if (size === undefined || size < 0 || size > mostMadeUp || !Number.isInteger(size)) {
    throw new ControlError(400, 'media needs base64, mediaId, or size in bytes up to 1 GiB');
  }
  return { size, seed: optionalText(form, 'seed') ?? 'seed' };
}
