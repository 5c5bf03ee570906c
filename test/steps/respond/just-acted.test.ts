import { describe, expect, test } from 'vitest'
import { createJustActed } from '../../../src/steps/respond/just-acted.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { createServingFacts } from '../../../src/wings/embedded/serving/serving-facts.ts'

function aShop() {
  const facts = createServingFacts()
  const justActed = createJustActed({
    covers: (position) => (facts.checkpoint()?.slates.sequence_number ?? '') >= position.sequence_number,
    more: facts.moreSlates,
    nowMs: () => performance.now(),
  })
  const serve = (sequence: number) =>
    facts.publish({ slates: embeddedPosition(sequence), lists: embeddedPosition(0) }, false)
  return { facts, justActed, serve }
}

describe('a read after its own click', () => {
  test('waits until the slates know of the click', async () => {
    const { facts, justActed, serve } = aShop()
    justActed.note('anna', embeddedPosition(2))
    const read = justActed.served('anna')?.then(() => facts.checkpoint()?.slates)
    serve(1)
    serve(2)
    expect(await read).toEqual(embeddedPosition(2))
  })

  test('does not wait where the slates know of it already', () => {
    const { justActed, serve } = aShop()
    justActed.note('anna', embeddedPosition(2))
    serve(2)
    expect(justActed.served('anna')).toBeUndefined()
  })

  test('goes on with the slate before when the recommender takes too long', async () => {
    const { facts, justActed } = aShop()
    justActed.note('anna', embeddedPosition(2))
    await justActed.served('anna')
    expect(facts.checkpoint()).toBeNull()
  })

  test('is the only one that waits', () => {
    const { justActed } = aShop()
    justActed.note('anna', embeddedPosition(2))
    expect(justActed.served('bert')).toBeUndefined()
  })

  test('does not wait in a burst, where more acts are under way than a moment can serve', () => {
    const { justActed } = aShop()
    for (let n = 1; n <= 65; n++) justActed.note(`v${n}`, embeddedPosition(n))
    expect(justActed.served('v1')).toBeUndefined()
    expect(justActed.served('v65')).toBeInstanceOf(Promise)
  })
})
