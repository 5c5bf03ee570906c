/**
 * app/ranking: asks the thread that holds the model.
 *
 * In: questions that cannot be answered from stored lists.
 * Out: the worker's answers.
 * Invariant: a bounded number of questions waits, so that ranking on demand never keeps the worker from learning.
 */
import type { ExplainedVisitor, Ranking } from '../parts/serving/ranking.ts'
import type { StoredList } from '../parts/serving/slate.ts'
import { HemlineError } from '../std/errors.ts'
import type { WorkerCalls } from './worker-calls.ts'

/** Of up to a millisecond each. */
const WAITING_MAX = 32

export function createRanking(recommend: WorkerCalls): Ranking {
  let waiting = 0
  const ask = async <Answer>(name: string, question: unknown): Promise<Answer> => {
    if (waiting >= WAITING_MAX) throw busy()
    waiting++
    try {
      return await recommend.call<Answer>(name, question)
    } finally {
      waiting--
    }
  }
  return {
    rank: (question) => ask<StoredList>('rank', question),
    explain: (question) => ask<ExplainedVisitor>('explain', question),
  }
}

function busy(): HemlineError {
  return new HemlineError('HEM_RANK_BUSY', {
    subject: 'ranking on demand',
    expected: `fewer than ${WAITING_MAX} questions at one time`,
    got: 'another one',
    remedy: 'ask again in a moment; GET /v1/recommendations is always ready',
  })
}
