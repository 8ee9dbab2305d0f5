/** A token bucket of real time: the limits are on the callers, who live in real time whatever the sandbox's clock does. */
export type Bucket = { tokens: number; atMs: number };

/** Full from the start. */
export function createBucket(): Bucket {
  return { tokens: Number.POSITIVE_INFINITY, atMs: 0 };
}

/** Takes a token if there is one. */
export function takeToken(bucket: Bucket, size: number, intervalMs: number, nowMs: number): boolean {
  refill(bucket, size, intervalMs, nowMs);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

/** Takes a token even where there is none: what arrives is counted but never refused. */
export function spendToken(bucket: Bucket, size: number, intervalMs: number, nowMs: number): void {
  refill(bucket, size, intervalMs, nowMs);
  bucket.tokens = Math.max(0, bucket.tokens - 1);
}

function refill(bucket: Bucket, size: number, intervalMs: number, nowMs: number): void {
  bucket.tokens = Math.min(size, bucket.tokens + (nowMs - bucket.atMs) / intervalMs);
  bucket.atMs = nowMs;
}
