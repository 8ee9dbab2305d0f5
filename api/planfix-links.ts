/** The page of a task in Planfix, at a comment where there is one. The account's address is that of its REST API. */
export function planfixTaskUrl(
  accountUrl: string | null,
  planfixTask: number | null,
  planfixComment: number | null = null,
): string | null {
  if (accountUrl === null || planfixTask === null) return null;
  const url = new URL(`/task/${planfixTask}`, accountUrl);
  if (planfixComment !== null) url.searchParams.set('comment', String(planfixComment));
  return url.href;
}
