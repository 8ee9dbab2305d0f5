import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { deleteConnectionDraft, insertConnectionDraft, type NewConnection } from '../../db/connection-drafts.ts';
import { readConnection } from '../../db/connections.ts';
import { markSignupUsed, readSignupToken } from '../../db/embedded-signups.ts';
import { readMetaApp } from '../../db/meta-apps.ts';
import { readAccount } from '../../db/planfix-accounts.ts';
import { type AddressedProvider, isAddressed } from '../../workflows/domain/providers.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { settleDraft } from '../live-checks.ts';
import { invalidField, Problem } from '../problem-details.ts';
import { keyPathOf, type NewConnectionBody, pathOf } from './connection-shapes.ts';

/** In the addresses of webhooks that nobody signs. */
const SECRET_BYTES = 24;

/** Stores a draft and has it checked and set up. @throws Problem for whatever is not right, after which nothing stays */
export async function createConnection(
  parts: ApiParts,
  reply: FastifyReply,
  body: NewConnectionBody,
  { actor, visibility }: Caller,
) {
  const { db, signals } = parts;
  const account = await readAccount(db, body.planfixAccountId, visibility);
  if (!account || account.state === 'draft' || account.state === 'failed') {
    const message = 'There is no connected Planfix account with this id';
    throw invalidField('planfixAccountId', message, 'Use an id from GET /v1/planfix-accounts');
  }
  const draft = await insertConnectionDraft(db, await toDraft(parts, body, visibility), actor);
  if (!draft) throw new Problem('conflict', 'This number is connected already, or is being connected just now');
  const { id } = draft;
  const settled = await settleDraft(reply, parts, {
    id,
    location: `/v1/connections/${id}`,
    requestCheck: signals.requestConnectionCheck,
    read: () => readConnection(db, id, visibility),
    remove: () => deleteConnectionDraft(db, draft),
    pathOf: isAddressed(body) ? (check) => keyPathOf(pathOf(check)) : (check) => pathIn(body, check),
  });
  if (!isAddressed(body) && body.embeddedSignupId) await markSignupUsed(db, body.embeddedSignupId);
  return settled;
}

type CloudBody = Exclude<NewConnectionBody, { provider: AddressedProvider }>;

function pathIn({ embeddedSignupId }: CloudBody, check: ConnectionCheck): string {
  const path = pathOf(check);
  return path === 'accessToken' && embeddedSignupId !== undefined ? 'embeddedSignupId' : path;
}

async function toDraft(
  { db, secrets }: ApiParts,
  body: NewConnectionBody,
  visibility: Caller['visibility'],
): Promise<NewConnection> {
  const { provider, planfixAccountId, configuredBy, settings } = body;
  const common = { provider, planfixAccountId, configuredBy, settings };
  if (isAddressed(body)) {
    const { phone, apiKey, allowedAddresses } = body;
    return {
      ...common,
      metaAppId: null,
      phoneNumberId: phone,
      wabaId: phone,
      accessToken: secrets.seal(apiKey),
      webhookSecret: secrets.seal(randomBytes(SECRET_BYTES).toString('base64url')),
      ...(allowedAddresses === undefined ? {} : { allowedAddresses }),
    };
  }
  const { metaAppId, phoneNumberId, wabaId, pin } = body;
  if (!(await readMetaApp(db, metaAppId, visibility))) {
    throw invalidField('metaAppId', 'There is no Meta app with this id', 'Use an id from GET /v1/meta-apps');
  }
  const accessToken = await tokenOf({ db, secrets }, body);
  return {
    ...common,
    metaAppId,
    phoneNumberId,
    wabaId,
    accessToken,
    ...(pin === undefined ? {} : { pin: secrets.seal(pin) }),
  };
}

async function tokenOf(
  { db, secrets }: Pick<ApiParts, 'db' | 'secrets'>,
  { accessToken, embeddedSignupId, metaAppId }: CloudBody,
): Promise<Buffer> {
  if (accessToken !== undefined) return secrets.seal(accessToken);
  const found = embeddedSignupId === undefined ? undefined : await readSignupToken(db, embeddedSignupId);
  if (found?.metaAppId === metaAppId) return found.accessToken;
  const message = 'There is no sign-up of this Meta app with this id that is ready; its token is kept for an hour';
  throw invalidField('embeddedSignupId', message, 'Start the sign-up again');
}
