/**
 * app/worker-calls: calls between the main thread and a worker, with progress.
 *
 * In: a name and plain arguments on one side, a table of functions on the other.
 * Out: a promise of the result; errors keep their code across the border.
 * Invariant: a worker that dies rejects every call that waits for it.
 */
import type { MessagePort, Worker } from 'node:worker_threads'
import type { ErrorCode } from '../std/error-codes.ts'
import { HemlineError, messageOf, type ErrorDetail } from '../std/errors.ts'

export interface Progress {
  readonly label: string
  readonly done: number
  readonly total: number | null
}

export type OnProgress = (progress: Progress) => void

interface CallMessage {
  readonly call: number
  readonly name: string
  readonly argument: unknown
}

type AnswerMessage =
  | { readonly answer: number; readonly result: unknown }
  | { readonly answer: number; readonly failure: Failure }
  | { readonly progressOf: number; readonly progress: Progress }

/** A fault in a form that crosses threads and processes. */
export interface Failure {
  readonly code: ErrorCode | null
  readonly detail: ErrorDetail | null
  readonly message: string
}

export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof HemlineError)) return { code: null, detail: null, message: messageOf(thrown) }
  const { subject, expected, got, remedy } = thrown.detail
  return { code: thrown.code, detail: { subject, expected, got, remedy }, message: thrown.message }
}

export function errorOf(failure: Failure): Error {
  return failure.code !== null && failure.detail !== null
    ? new HemlineError(failure.code, failure.detail)
    : new Error(failure.message)
}

export interface WorkerCalls {
  call<Result>(name: string, argument: unknown, onProgress?: OnProgress): Promise<Result>
  /** Messages that answer no call. */
  onMessage(listener: (message: unknown) => void): void
}

export function callsTo(worker: Worker): WorkerCalls {
  let next = 1
  const waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void; onProgress: OnProgress | undefined }
  >()
  const listeners: ((message: unknown) => void)[] = []

  worker.on('message', (message: AnswerMessage) => {
    if ('progressOf' in message) waiting.get(message.progressOf)?.onProgress?.(message.progress)
    else if ('answer' in message) {
      const call = waiting.get(message.answer)
      waiting.delete(message.answer)
      if ('failure' in message) call?.reject(errorOf(message.failure))
      else call?.resolve(message.result as never)
    } else for (const listener of listeners) listener(message)
  })
  worker.on('exit', (code) => {
    for (const call of waiting.values()) call.reject(new Error(`the worker ended with code ${code}`))
    waiting.clear()
  })

  return {
    call(name, argument, onProgress) {
      return new Promise((resolve, reject) => {
        const id = next++
        waiting.set(id, { resolve, reject, onProgress })
        worker.postMessage({ call: id, name, argument } satisfies CallMessage)
      })
    },
    onMessage: (listener) => listeners.push(listener),
  }
}

export type CallHandlers = Readonly<Record<string, (argument: never, onProgress: OnProgress) => unknown>>

/** The worker's side: runs each call by its name and sends back what it gives. */
export function answerCalls(port: MessagePort, handlers: CallHandlers): void {
  const send = (message: AnswerMessage) => port.postMessage(message)
  port.on('message', (message: CallMessage) => {
    const run = async () => {
      const handler = handlers[message.name]
      if (handler === undefined) throw new Error(`no call named ${message.name}`)
      return handler(message.argument as never, (progress) => send({ progressOf: message.call, progress }))
    }
    run().then(
      (result) => send({ answer: message.call, result }),
      (error: unknown) => send({ answer: message.call, failure: failureOf(error) }),
    )
  })
}
