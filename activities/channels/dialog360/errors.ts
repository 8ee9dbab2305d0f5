/** Errors of 360dialog's gateway itself, which have a form of their own; Meta's come through as they are. */
import { z } from 'zod';
import type { ErrorDialect } from '../whatsapp/answer-errors.ts';

const gatewayErrorSchema = z.object({
  meta: z.object({ http_code: z.int(), developer_message: z.string().optional() }),
});

/** The message is for developers and is not read: it may name whom a message was for. */
function statusOf(body: string): number | undefined {
  try {
    return gatewayErrorSchema.safeParse(JSON.parse(body)).data?.meta.http_code;
  } catch {
    return undefined;
  }
}

export const GATEWAY: ErrorDialect = { refused: 'network-key-refused', statusOf };
