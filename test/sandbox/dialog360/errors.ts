import { randomUUID } from 'node:crypto';

/** An error of the gateway itself; Meta's are passed on in Meta's form. */
export class GatewayError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'GatewayError';
    this.status = status;
  }
}

export const gatewayBody = (status: number, message: string) => ({
  meta: { success: false, http_code: status, developer_message: message, '360dialog_trace_id': randomUUID() },
});

/** What the gateway says by itself. */
export const gatewayMessages: Readonly<Record<number, string>> = {
  401: 'Invalid api key',
  404: 'Not found',
  429: 'Too many requests',
  503: 'Service temporarily unavailable',
};
