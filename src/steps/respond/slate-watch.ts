/**
 * respond/slate-watch: tells open streams that a visitor's slate has changed.
 *
 * In: the visitors of each batch that `recommend` wrote; word of a change of products or rules, which may concern all.
 * Out: one wake-up for each stream that waits for such a visitor.
 * Invariant: a waiter is removed when it wakes, times out or is told; the table cannot grow for ever.
 */
export interface SlateWatch {
  /** Resolves true when the visitor's slate changed, false after `timeoutMs`. '' waits for any visitor. */
  changed(visitorKey: string, timeoutMs: number): Promise<boolean>
  /** Wakes whoever waits for one of these visitors. */
  announce(visitorKeys: readonly string[]): void
  /** Wakes everyone: what may be shown has changed. */
  announceAll(): void
}

type Wake = (changed: boolean) => void

/** @param count its first element always holds how many visitors are waited for, so that other threads can look */
export function createSlateWatch(count: Int32Array = new Int32Array(1)): SlateWatch {
  const waiting = new Map<string, Set<Wake>>()
  const recount = () => Atomics.store(count, 0, waiting.size)

  const wakeAll = (key: string) => {
    for (const wake of waiting.get(key) ?? []) wake(true)
  }

  return {
    changed: (visitorKey, timeoutMs) =>
      new Promise((resolve) => {
        const waiters = waiting.get(visitorKey) ?? new Set<Wake>()
        waiting.set(visitorKey, waiters)
        const wake: Wake = (changed) => {
          clearTimeout(timer)
          waiters.delete(wake)
          if (waiters.size === 0) waiting.delete(visitorKey)
          recount()
          resolve(changed)
        }
        const timer = setTimeout(() => wake(false), timeoutMs)
        timer.unref()
        waiters.add(wake)
        recount()
      }),
    announce: (visitorKeys) => {
      if (waiting.size === 0) return
      for (const key of visitorKeys) wakeAll(key)
      if (visitorKeys.length > 0) wakeAll('')
    },
    announceAll: () => {
      for (const key of waiting.keys()) wakeAll(key)
    },
  }
}
