import { z } from 'zod';

/** How answers without JSON stand in the OpenAPI document. */
export const plainText = (description: string) => ({ description, content: { 'text/plain': { schema: z.string() } } });
export const empty = (description: string) => plainText(`${description}; the answer is empty`);

/** Bodies of webhooks are bytes and are read by their handlers; their schemas are for the OpenAPI document only. */
export const leaveUnchecked = () => () => true;
