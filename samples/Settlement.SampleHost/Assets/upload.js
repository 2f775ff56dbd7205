// Sends a file as the body of a request. fetch has no progress of an upload.

/** Resolves to { address }, or to { status, title } of the error, where status 0 means no response, or to { isAborted: true }. */
export function send(file, type, token, signal, progress) {
  return new Promise(done => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/uploads');
    request.setRequestHeader('Content-Type', type);
    request.setRequestHeader('X-CSRF-TOKEN', token);
    request.responseType = 'json';
    request.upload.onprogress = e => progress?.(Math.floor(e.loaded / e.total * 100));
    request.onload = () => done(request.status === 201
      ? { address: request.response.address }
      : { status: request.status, title: request.response?.title });
    request.onerror = () => done({ status: 0 });
    request.onabort = () => done({ isAborted: true });
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
