# The kernels of one model, in the text form of a TorchScript archive (see TorchScriptArchive).
# B batch (2B where both branches ride together), N patches, V visible, M masked, D width, H heads, P values per patch.
# Parameters come as one list in the order of TransformerSpecs: [norm1 w b, qkv w b, proj w b, norm2 w b, fc1 w b, fc2 w b].
# ids [B, N] is the shuffle of the patches: the first V are visible, the last M masked. Tokens stay in that order all the
# way: positions are added to each, and attention does not care for order.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  bf16 : bool
  eps : float
  encoder_heads : int
  decoder_heads : int
  stretch : int
  patch_size : int
  channels : int
  visible : int
  norm_pix_loss : bool
  align : int
  align_cls : bool
  both : bool
  mae_weight : float
  sem_weight : float

  # ---- precision: fp32 master weights; matrix products in bf16 if asked; norms, residuals, softmax sums and losses in fp32

  def cast(self: __torch__.Kernels, x: Tensor) -> Tensor:
    if self.bf16:
      return torch.to(x, 15)
    return x

  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.linear(self.cast(x), self.cast(w), self.cast(b))

  # x + linear(h), x and the result [B, N, D]
  def add_linear(self: __torch__.Kernels, x: Tensor, h: Tensor, w: Tensor, b: Tensor) -> Tensor:
    if self.bf16:
      return torch.add(x, self.linear(h, w, b))
    # The product is added where x and bias already are: a pass over memory less, but for an x that is a slice.
    y = torch.addmm_(torch.add(torch.flatten(x, 0, 1), b), torch.flatten(h, 0, 1), torch.t(w))
    return torch.unflatten(y, 0, [torch.size(x, 0), torch.size(x, 1)])

  def norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, -1)], w, b, self.eps)

  # ---- transformer block, pre-norm

  def attend(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    # q [B, Nq, D], k and v [B, N, D]; views, no copies: SDPA takes strides
    hd = torch.floordiv(torch.size(q, 2), heads)
    qh = torch.transpose(torch.unflatten(q, 2, [heads, hd]), 1, 2)
    kh = torch.transpose(torch.unflatten(k, 2, [heads, hd]), 1, 2)
    vh = torch.transpose(torch.unflatten(v, 2, [heads, hd]), 1, 2)
    if self.bf16:
      if ops.prim.is_cuda(q):
        y = torch.scaled_dot_product_attention(qh, kh, vh)
      else:
        # Written out: the fused kernel's backward pass in bf16 takes several times as long on the CPU, a third of a step.
        kt = torch.transpose(torch.mul(kh, torch.pow(hd, -0.5)), 2, 3)
        y = torch.matmul(torch.softmax(torch.matmul(qh, kt), -1), vh)
    else:
      y = torch.scaled_dot_product_attention(qh, kh, vh)
    return torch.flatten(torch.transpose(y, 1, 2), 2)

  def mlp(self: __torch__.Kernels, x: Tensor, p: List[Tensor], i: int) -> Tensor:
    h = torch.gelu(self.linear(self.norm(x, p[i + 6], p[i + 7]), p[i + 8], p[i + 9]))
    return self.add_linear(x, h, p[i + 10], p[i + 11])

  def block(self: __torch__.Kernels, x: Tensor, p: List[Tensor], i: int, heads: int) -> Tensor:
    qkv = torch.chunk(self.linear(self.norm(x, p[i], p[i + 1]), p[i + 2], p[i + 3]), 3, -1)
    x = self.add_linear(x, self.attend(qkv[0], qkv[1], qkv[2], heads), p[i + 4], p[i + 5])
    return self.mlp(x, p, i)

  # x [B, L, D] -> tokens [B, L - skip, D] of the last block, computed at the tokens from `skip` on alone: the others serve
  # as keys and values only. Exact, since nothing after the block reads them.
  def block_tail(self: __torch__.Kernels, x: Tensor, skip: int, p: List[Tensor], i: int, heads: int) -> Tensor:
    d = torch.size(x, 2)
    h = self.norm(x, p[i], p[i + 1])
    # split, whose gradient is one cat; that of each slice would be a cleared array of the whole and a copy into it
    w = torch.split_with_sizes(p[i + 2], [d, 2 * d], 0)
    b = torch.split_with_sizes(p[i + 3], [d, 2 * d], 0)
    kv = torch.chunk(self.linear(h, w[1], b[1]), 2, -1)
    q = self.linear(torch.slice(h, 1, skip), w[0], b[0])
    x = self.add_linear(torch.slice(x, 1, skip), self.attend(q, kv[0], kv[1], heads), p[i + 4], p[i + 5])
    return self.mlp(x, p, i)

  def blocks(self: __torch__.Kernels, x: Tensor, p: List[Tensor], first: int, last: int, heads: int) -> Tensor:
    i = first
    while i < last:
      x = self.block(x, p, i, heads)
      i = i + 12
    return x

  # ---- images and patches

  # uint8 [B, H, W, C] or normalised float [B, C, H, W] -> [B, N, P], a patch being (row, column, channel)
  def patchify(self: __torch__.Kernels, imgs: Tensor) -> Tensor:
    p = self.patch_size
    c = self.channels
    if torch.eq(ops.prim.dtype(imgs), 0):
      x = imgs
    else:
      x = torch.permute(imgs, [0, 2, 3, 1])
    gh = torch.floordiv(torch.size(x, 1), p)
    gw = torch.floordiv(torch.size(x, 2), p)
    x = torch.reshape(x, [torch.size(x, 0), gh, p, gw, p, c])
    return torch.reshape(torch.permute(x, [0, 1, 3, 2, 4, 5]), [torch.size(x, 0), gh * gw, p * p * c])

  # uint8 patches [B, n, P] normalised; float ones are so already
  def normalized(self: __torch__.Kernels, x: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    if torch.eq(ops.prim.dtype(x), 0):
      y = torch.unflatten(torch.to(x, 6), 2, [-1, self.channels])
      x = torch.flatten(torch.div(torch.sub(torch.div(y, 255.), mean), std), 2)
    return x

  # rows [B, n, P] of the patches named by ids [B, n], normalised
  def pick(self: __torch__.Kernels, patches: Tensor, ids: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    x = torch.gather(patches, 1, torch.expand(torch.unsqueeze(ids, -1), [-1, -1, torch.size(patches, 2)]))
    return self.normalized(x, mean, std)

  # ---- encoder: p = [cls_token, pos_embed, proj w b, blocks..., norm w b]

  # patch embedding of the named patches alone: a linear layer, since kernel and stride are equal -> [B, n, D]
  def embed(self: __torch__.Kernels, imgs: Tensor, ids: Tensor, mean: Tensor, std: Tensor, p: List[Tensor]) -> Tensor:
    w = torch.flatten(torch.permute(p[2], [0, 2, 3, 1]), 1)
    return torch.to(self.linear(self.pick(self.patchify(imgs), ids, mean, std), w, p[3]), 6)

  def positions(self: __torch__.Kernels, table: Tensor, ids: Tensor) -> Tensor:
    return torch.embedding(torch.squeeze(torch.slice(table, 1, 1), 0), ids)

  # embedded patches [B, V, D] -> tokens before the first block [B, 1 + V, D]
  def enter(self: __torch__.Kernels, x: Tensor, ids: Tensor, p: List[Tensor]) -> Tensor:
    x = torch.add(x, self.positions(p[1], ids))
    cls = torch.expand(torch.add(p[0], torch.slice(p[1], 1, 0, 1)), [torch.size(x, 0), -1, -1])
    return torch.cat([cls, x], 1)

  # -> normed tokens, and the tokens in front of every `stretch` blocks counted from the last, which backward can pause at
  def encoder(self: __torch__.Kernels, x: Tensor, ids: Tensor, p: List[Tensor]) -> List[Tensor]:
    n = torch.len(p)
    heads = self.encoder_heads
    pauses = annotate(List[Tensor], [])
    length = 12 * self.stretch
    i = n - 2 - length * torch.floordiv(n - 7, length)  # the first pause, or the end
    x = self.blocks(self.enter(x, ids, p), p, 4, i, heads)
    while i < n - 2:
      _0 = torch.append(pauses, x)
      x = self.blocks(x, p, i, i + length, heads)
      i = i + length
    return torch.add([self.norm(x, p[n - 2], p[n - 1])], pauses)

  # -> fea_ori [B, 1 + V, D] and the pauses
  def encode(self: __torch__.Kernels, imgs: Tensor, ids: Tensor, mean: Tensor, std: Tensor, p: List[Tensor]) -> List[Tensor]:
    keep = torch.slice(ids, 1, 0, self.visible)
    return self.encoder(self.embed(imgs, keep, mean, std, p), keep, p)

  # DLE (Fig. 3 a): the embedding under two dropout masks, drop [2B, V, D] scaled by 1 / (1 - rate) -> [2B, V, D]
  def embed_dle(self: __torch__.Kernels, imgs: Tensor, keep: Tensor, mean: Tensor, std: Tensor, drop: Tensor, p: List[Tensor]) -> Tensor:
    return torch.mul(torch.repeat(self.embed(imgs, keep, mean, std, p), [2, 1, 1]), drop)

  # -> [2B, 1 + V, D] and the pauses
  def encode_dle(self: __torch__.Kernels, imgs: Tensor, ids: Tensor, mean: Tensor, std: Tensor, drop: Tensor, p: List[Tensor]) -> List[Tensor]:
    keep = torch.slice(ids, 1, 0, self.visible)
    return self.encoder(self.embed_dle(imgs, keep, mean, std, drop, p), torch.repeat(keep, [2, 1]), p)

  # AEE (Fig. 3 b): one more layer behind the encoder gives fea_aug; both branches as one doubled batch [2B, 1 + V, D]
  def branch_aee(self: __torch__.Kernels, fea_ori: Tensor, p: List[Tensor]) -> Tensor:
    return torch.cat([fea_ori, self.block(fea_ori, p, 0, self.encoder_heads)], 0)

  # ---- decoder: p = [embed w b, mask_token, decoder_pos_embed, blocks..., norm w b, pred w b]

  # First block, x [B, 1 + V, D] the tokens at hand; the mask tokens' norm, q, k, v depend on the position alone, so they
  # are computed once per position and spread over images and branches.
  def first_block(self: __torch__.Kernels, x: Tensor, masked: Tensor, p: List[Tensor]) -> Tensor:
    table = torch.add(torch.squeeze(p[2], 0), torch.squeeze(torch.slice(p[3], 1, 1), 0))
    heads = self.decoder_heads
    qkv_masked = torch.embedding(self.linear(self.norm(table, p[4], p[5]), p[6], p[7]), masked)
    qkv_seen = self.linear(self.norm(x, p[4], p[5]), p[6], p[7])
    qkv = torch.chunk(torch.cat([qkv_seen, qkv_masked], 1), 3, -1)
    x = torch.cat([x, torch.embedding(table, masked)], 1)
    x = self.add_linear(x, self.attend(qkv[0], qkv[1], qkv[2], heads), p[8], p[9])
    return self.mlp(x, p, 4)

  # latent [B, 1 + V, D] -> the tokens behind the first block, or, if there is but one, before it [B, 1 + V + M, D]
  def decoder_enter(self: __torch__.Kernels, latent: Tensor, ids: Tensor, p: List[Tensor]) -> Tensor:
    n = torch.len(p)
    ids = torch.repeat(ids, [torch.floordiv(torch.size(latent, 0), torch.size(ids, 0)), 1])
    v = torch.size(latent, 1) - 1
    pos = self.positions(p[3], torch.slice(ids, 1, 0, v))
    cls = torch.expand(torch.slice(p[3], 1, 0, 1), [torch.size(latent, 0), -1, -1])
    x = torch.add(torch.to(self.linear(latent, p[0], p[1]), 6), torch.cat([cls, pos], 1))
    masked = torch.slice(ids, 1, v)
    if n - 8 > 12:
      return self.first_block(x, masked, p)
    table = torch.add(torch.squeeze(p[2], 0), torch.squeeze(torch.slice(p[3], 1, 1), 0))
    return torch.cat([x, torch.embedding(table, masked)], 1)

  # latent [B, 1 + V, D] -> the tokens before the last block [B, 1 + V + M, D]
  def decoder(self: __torch__.Kernels, latent: Tensor, ids: Tensor, p: List[Tensor]) -> Tensor:
    return self.blocks(self.decoder_enter(latent, ids, p), p, 16, torch.len(p) - 16, self.decoder_heads)

  def predict(self: __torch__.Kernels, x: Tensor, p: List[Tensor]) -> Tensor:
    n = torch.len(p)
    return torch.to(self.linear(self.norm(x, p[n - 4], p[n - 3]), p[n - 2], p[n - 1]), 6)

  # -> predictions of the masked patches [B, M, P]; of [cls] too, at the end, where it is to be aligned [B, M + 1, P]
  def decode(self: __torch__.Kernels, latent: Tensor, ids: Tensor, p: List[Tensor]) -> Tensor:
    return self.decoder_end(self.decoder(latent, ids, p), torch.size(latent, 1), p)

  # the same from the tokens before the last block; the first `skip` of them are not masked
  def decoder_end(self: __torch__.Kernels, x: Tensor, skip: int, p: List[Tensor]) -> Tensor:
    i = torch.len(p) - 16
    if self.align_cls:
      x = torch.cat([torch.slice(x, 1, 1), torch.slice(x, 1, 0, 1)], 1)
      skip = skip - 1
    return self.predict(self.block_tail(x, skip, p, i, self.decoder_heads), p)

  # -> predictions of all patches in the image's order [B, N, P]: for pictures and for checks
  def decode_all(self: __torch__.Kernels, latent: Tensor, ids: Tensor, p: List[Tensor]) -> Tensor:
    x = self.block(self.decoder(latent, ids, p), p, torch.len(p) - 16, self.decoder_heads)
    pred = self.predict(torch.slice(x, 1, 1), p)
    restore = torch.argsort(torch.repeat(ids, [torch.floordiv(torch.size(latent, 0), torch.size(ids, 0)), 1]), 1)
    return torch.gather(pred, 1, torch.expand(torch.unsqueeze(restore, -1), [-1, -1, torch.size(pred, 2)]))

  # ---- objective

  # what is to be reconstructed: the named patches' pixels, each patch normalised if norm_pix_loss -> [B, n, P]
  def target(self: __torch__.Kernels, imgs: Tensor, ids: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    x = self.pick(self.patchify(imgs), ids, mean, std)
    if self.norm_pix_loss:
      m = torch.mean(x, [-1], True)
      x = torch.div(torch.sub(x, m), torch.sqrt(torch.add(torch.var(x, [-1], True, True), 1.0e-06)))
    return x

  # one direction of Eq. (9) by the cosine, the mean over patches; b is held fixed
  def pull(self: __torch__.Kernels, a: Tensor, b: Tensor) -> Tensor:
    return torch.rsub(torch.mean(torch.cosine_similarity(a, torch.detach(b), -1, 9.9999999999999998e-13)), 1.)

  # Eq. (2): pred [B, M (+ 1), P], t [B, M, P]
  def reconstruction(self: __torch__.Kernels, pred: Tensor, t: Tensor) -> Tensor:
    if self.align_cls:
      pred = torch.slice(pred, 1, 0, torch.size(t, 1))
    return torch.mse_loss(pred, t)

  # pred [B or 2B, M (+ 1), P], targets [B, M, P] -> loss (Eq. 11), loss_mae (Eq. 2), loss_sem (Eq. 10)
  def losses(self: __torch__.Kernels, pred: Tensor, imgs: Tensor, ids: Tensor, mean: Tensor, std: Tensor) -> List[Tensor]:
    t = self.target(imgs, torch.slice(ids, 1, self.visible), mean, std)
    b = torch.size(t, 0)
    # chunk, whose gradient is one cat; that of each slice would be a cleared array of the whole and a copy into it
    branches = torch.chunk(pred, torch.floordiv(torch.size(pred, 0), b), 0)
    mae = self.reconstruction(branches[0], t)
    sem = torch.zeros_like(mae)
    if torch.len(branches) > 1:
      if self.both:
        mae = torch.mul(torch.add(mae, self.reconstruction(branches[1], t)), 0.5)
      if self.align == 1:
        # |a - b| pulls each side towards the other held fixed, and Eq. (10) counts it from both: half of it is a constant.
        distance = torch.mean(torch.abs(torch.sub(branches[0], branches[1])))
        sem = torch.add(distance, torch.detach(distance))
      elif self.align == 2:
        sem = torch.add(self.pull(branches[0], branches[1]), self.pull(branches[1], branches[0]))
    loss = torch.add(torch.mul(mae, self.mae_weight), torch.mul(sem, self.sem_weight))
    return [loss, torch.detach(mae), torch.detach(sem)]

  # ---- gradients and optimizer

  # g = d loss / d y -> d loss / d x, then d loss / d p: one stretch of a backward pass, x an array on the way to y. Fresh arrays:
  # nothing to zero. Contiguous, since the fused optimizer goes through memory as it lies, and the gradient of a permuted
  # weight (embed) comes permuted.
  def back(self: __torch__.Kernels, y: Tensor, g: Tensor, x: Tensor, p: List[Tensor]) -> List[Tensor]:
    given = annotate(List[Optional[Tensor]], [g])
    out = annotate(List[Tensor], [])
    for d in torch.grad([y], torch.add([x], p), given):
      _0 = torch.append(out, torch.contiguous(unchecked_cast(Tensor, d)))
    return out

  # d loss / d p
  def gradients(self: __torch__.Kernels, loss: Tensor, p: List[Tensor]) -> List[Tensor]:
    return self.back(loss, torch.ones_like(loss), p[0], torch.slice(p, 1))

  # ---- pictures

  # pred [B, N, P] -> pixels in 0..1 [B, H, W, C]
  def to_pixels(self: __torch__.Kernels, pred: Tensor, imgs: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    p = self.patch_size
    c = self.channels
    if torch.eq(ops.prim.dtype(imgs), 0):
      h = torch.size(imgs, 1)
      w = torch.size(imgs, 2)
    else:
      h = torch.size(imgs, 2)
      w = torch.size(imgs, 3)
    n = torch.size(pred, 1)
    every = torch.expand(torch.arange(n, dtype=4, device=ops.prim.device(pred)), [torch.size(pred, 0), -1])
    x = self.pick(self.patchify(imgs), every, mean, std)
    if self.norm_pix_loss:
      m = torch.mean(x, [-1], True)
      pred = torch.add(torch.mul(pred, torch.sqrt(torch.add(torch.var(x, [-1], True, True), 1.0e-06))), m)
    y = torch.add(torch.mul(torch.unflatten(pred, 2, [-1, c]), std), mean)
    y = torch.reshape(y, [torch.size(pred, 0), torch.floordiv(h, p), torch.floordiv(w, p), p, p, c])
    return torch.reshape(torch.permute(y, [0, 1, 3, 2, 4, 5]), [torch.size(pred, 0), h, w, c])
