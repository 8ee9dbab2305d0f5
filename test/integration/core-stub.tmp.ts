type Rule = any;
export function createStub() {
  const offset = 0;
  let fixed: number | undefined;
  const rules: Rule[] = [];
  return {
    clock: {
      now: () => fixed ?? Date.now() + offset,
      set: (ms: number) => {
        fixed = ms;
      },
      advance: (ms: number) => {
        fixed = (fixed ?? Date.now()) + ms;
      },
    },
    bus: { emit: (_e: unknown) => {} },
    add: (rule: Rule) => rules.push({ times: 1, ...rule }),
    take: (account: string, method: string, path: string) => {
      for (const r of rules) {
        if (r.account && r.account !== account) continue;
        if (r.method && r.method !== method) continue;
        if (r.path && !path.includes(r.path)) continue;
        if (r.skip > 0) {
          r.skip--;
          continue;
        }
        if (r.used >= r.times && r.times !== 0) continue;
        r.used = (r.used ?? 0) + 1;
        return r;
      }
      return undefined;
    },
  };
}
