import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { openServingStore } from '../../src/wings/embedded/serving/lmdb-serving.ts'
import { createServingFacts } from '../../src/wings/embedded/serving/serving-facts.ts'
import { createMemoryServing } from './memory/memory-serving.ts'
import { atHand, servingContract } from './serving.contract.ts'

describe('serving in memory', () => servingContract(async () => atHand(createMemoryServing())))

describe('serving in LMDB', () =>
  servingContract(async () =>
    atHand(
      openServingStore({ folder: mkdtempSync(join(tmpdir(), 'hemline-serving-')), facts: createServingFacts().memory }),
    ),
  ))
