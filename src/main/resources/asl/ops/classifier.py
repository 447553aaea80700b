  # ---- classifier: all patches of an image; p = [cls_token, pos_embed, proj w b, blocks..., norm w b, head w b]

  # -> tokens before the first block [B, 1 + N, D]
  def tokens(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, p: List[Tensor]) -> Tensor:
    w = torch.flatten(torch.permute(p[2], [0, 2, 3, 1]), 1)
    x = torch.to(self.linear(self.normalized(self.patchify(imgs), mean, std), w, p[3]), 6)
    cls = torch.expand(p[0], [torch.size(x, 0), -1, -1])
    return torch.add(torch.cat([cls, x], 1), p[1])

  # A block under stochastic depth: scale [2, B] of the two residual branches, 0 where dropped, else 1 / (1 - rate)
  def block_drop(self: __torch__.Kernels, x: Tensor, scale: Tensor, p: List[Tensor], i: int) -> Tensor:
    s = torch.view(scale, [2, -1, 1, 1])
    qkv = torch.chunk(self.linear(self.norm(x, p[i], p[i + 1]), p[i + 2], p[i + 3]), 3, -1)
    y = self.linear(self.attend(qkv[0], qkv[1], qkv[2], self.encoder_heads), p[i + 4], p[i + 5])
    x = torch.add(x, torch.mul(y, torch.select(s, 0, 0)))
    h = torch.gelu(self.linear(self.norm(x, p[i + 6], p[i + 7]), p[i + 8], p[i + 9]))
    return torch.add(x, torch.mul(self.linear(h, p[i + 10], p[i + 11]), torch.select(s, 0, 1)))

  # drop [2L, B] the scales of every block, or empty where no depth is dropped -> [B, 1 + N, D] before any norm
  def whole(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, p: List[Tensor], last: int) -> Tensor:
    x = self.tokens(imgs, mean, std, p)
    if torch.eq(torch.numel(drop), 0):
      return self.blocks(x, p, 4, last, self.encoder_heads)
    i = 4
    row = 0
    while i < last:
      x = self.block_drop(x, torch.slice(drop, 0, row, row + 2), p, i)
      i = i + 12
      row = row + 2
    return x

  def head(self: __torch__.Kernels, x: Tensor, p: List[Tensor]) -> Tensor:
    n = torch.len(p)
    feature = self.norm(x, p[n - 4], p[n - 3])
    return torch.to(self.linear(feature, p[n - 2], p[n - 1]), 6)

  # logits [B, C] of the [cls] token after the encoder's norm
  def classify_cls(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, p: List[Tensor]) -> Tensor:
    x = self.whole(imgs, mean, std, drop, p, torch.len(p) - 4)
    return self.head(torch.select(x, 1, 0), p)

  # logits [B, C] of the mean patch token, normed after the mean (fc_norm)
  def classify_avg(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, p: List[Tensor]) -> Tensor:
    x = self.whole(imgs, mean, std, drop, p, torch.len(p) - 4)
    return self.head(torch.mean(torch.slice(x, 1, 1), [1]), p)

  # cross-entropy with soft targets [B, C], mean over images
  def soft_loss(self: __torch__.Kernels, logits: Tensor, targets: Tensor) -> Tensor:
    return torch.neg(torch.mean(torch.sum(torch.mul(targets, torch.log_softmax(logits, -1)), [-1])))

  # the loss of a training step, the logits, and d loss / d p in the order of p
  def train_cls(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, targets: Tensor, p: List[Tensor]) -> List[Tensor]:
    return self.loss_and_gradients(self.classify_cls(imgs, mean, std, drop, p), targets, p)

  def train_avg(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, targets: Tensor, p: List[Tensor]) -> List[Tensor]:
    return self.loss_and_gradients(self.classify_avg(imgs, mean, std, drop, p), targets, p)

  def loss_and_gradients(self: __torch__.Kernels, logits: Tensor, targets: Tensor, p: List[Tensor]) -> List[Tensor]:
    loss = self.soft_loss(logits, targets)
    out = [torch.detach(loss), torch.detach(logits)]
    for g in self.gradients(loss, p):
      _0 = torch.append(out, g)
    return out

  # ---- the same with recomputation (see checkpoint.py): forward keeps the input of every block alone

  # a block under the depth that is dropped of it, if any
  def block_of(self: __torch__.Kernels, x: Tensor, drop: Tensor, row: int, p: List[Tensor], i: int) -> Tensor:
    if torch.eq(torch.numel(drop), 0):
      return self.block(x, p, i, self.encoder_heads)
    return self.block_drop(x, torch.slice(drop, 0, row, row + 2), p, i)

  # the inputs of all blocks, and behind them the last one's output; no graph is kept
  def kept_of(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, p: List[Tensor]) -> List[Tensor]:
    xs = [torch.detach(self.tokens(imgs, mean, std, p))]
    i = 4
    row = 0
    while i < torch.len(p) - 4:
      _0 = torch.append(xs, torch.detach(self.block_of(xs[-1], drop, row, p, i)))
      i = i + 12
      row = row + 2
    return xs

  def train_cls_recomputed(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, targets: Tensor, p: List[Tensor]) -> List[Tensor]:
    xs = self.kept_of(imgs, mean, std, drop, p)
    leaf = torch.requires_grad_(torch.pop(xs))
    return self.back_from(self.head(torch.select(leaf, 1, 0), p), leaf, xs, imgs, mean, std, drop, targets, p)

  def train_avg_recomputed(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, targets: Tensor, p: List[Tensor]) -> List[Tensor]:
    xs = self.kept_of(imgs, mean, std, drop, p)
    leaf = torch.requires_grad_(torch.pop(xs))
    logits = self.head(torch.mean(torch.slice(leaf, 1, 1), [1]), p)
    return self.back_from(logits, leaf, xs, imgs, mean, std, drop, targets, p)

  # logits of the last block's output, leaf; the inputs xs of the blocks are used up -> loss, logits, d loss / d p
  def back_from(self: __torch__.Kernels, logits: Tensor, leaf: Tensor, xs: List[Tensor], imgs: Tensor, mean: Tensor, std: Tensor, drop: Tensor, targets: Tensor, p: List[Tensor]) -> List[Tensor]:
    loss = self.soft_loss(logits, targets)
    i = torch.len(p) - 4
    row = torch.len(xs) * 2
    out = self.back(loss, torch.ones_like(loss), leaf, torch.slice(p, i))
    while i > 4:
      i = i - 12
      row = row - 2
      x = torch.requires_grad_(torch.pop(xs))
      own = self.back(self.block_of(x, drop, row, p, i), out[0], x, torch.slice(p, i, i + 12))
      out = torch.add(own, torch.slice(out, 1))
    begin = self.back(self.tokens(imgs, mean, std, p), out[0], p[0], torch.slice(p, 1, 4))
    return torch.add(torch.add([torch.detach(loss), torch.detach(logits)], begin), torch.slice(out, 1))

  # ---- images of a training batch, normalised [B, C, H, W]

  def normalize(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    x = torch.div(torch.sub(torch.div(torch.to(imgs, 6), 255.), mean), std)
    return torch.contiguous(torch.permute(x, [0, 3, 1, 2]))

  # where mask [B, 1, H, W] is set, what an erased box is filled with
  def erase(self: __torch__.Kernels, imgs: Tensor, mask: Tensor, fill: Tensor) -> Tensor:
    return torch.where(torch.to(mask, 11), fill, imgs)

  # own [H, W] the share of each pixel that an image keeps, the rest coming from its partner in the flipped batch
  def mix(self: __torch__.Kernels, imgs: Tensor, own: Tensor) -> Tensor:
    return torch.add(torch.mul(imgs, own), torch.mul(torch.flip(imgs, [0]), torch.rsub(own, 1.)))

  # ---- frozen features; p ends with the encoder's norm w b

  # -> [2, B, D]: the [cls] token after the norm; the mean patch token, normed without weights (MAE's fc_norm, untrained)
  def features(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, p: List[Tensor]) -> Tensor:
    n = torch.len(p)
    x = self.whole(imgs, mean, std, torch.empty([0]), p, n - 2)
    cls = self.norm(torch.select(x, 1, 0), p[n - 2], p[n - 1])
    avg = torch.layer_norm(torch.mean(torch.slice(x, 1, 1), [1]), [torch.size(x, -1)], None, None, self.eps)
    return torch.stack([cls, avg])

  # -> all tokens after the norm [B, 1 + N, D]
  def all_tokens(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, p: List[Tensor]) -> Tensor:
    n = torch.len(p)
    return self.norm(self.whole(imgs, mean, std, torch.empty([0]), p, n - 2), p[n - 2], p[n - 1])

  # mean cosine of all pairs of different patch tokens, x [B, 1 + N, D] -> [B]
  def pairwise(self: __torch__.Kernels, x: Tensor) -> Tensor:
    t = torch.slice(x, 1, 1)
    n = torch.size(t, 1)
    unit = torch.div(t, torch.clamp_min(torch.norm(t, 2, [-1], True), 9.9999999999999998e-13))
    total = torch.sum(torch.pow(torch.sum(unit, [1]), 2), [-1])
    return torch.div(torch.sub(total, n), n * (n - 1))

  # Fig. 1 by layer: after the embedding, after every block, after the norm -> [L + 2, B]
  def similarities(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, p: List[Tensor]) -> Tensor:
    n = torch.len(p)
    x = self.tokens(imgs, mean, std, p)
    out = [self.pairwise(x)]
    i = 4
    while i < n - 2:
      x = self.block(x, p, i, self.encoder_heads)
      _0 = torch.append(out, self.pairwise(x))
      i = i + 12
    _1 = torch.append(out, self.pairwise(self.norm(x, p[n - 2], p[n - 1])))
    return torch.stack(out)

  # cosine of every patch token with one of them, by the same layers -> [L + 2, B, N]
  def similarity_maps(self: __torch__.Kernels, imgs: Tensor, mean: Tensor, std: Tensor, patch: Tensor, p: List[Tensor]) -> Tensor:
    n = torch.len(p)
    x = self.tokens(imgs, mean, std, p)
    out = [self.to_patch(x, patch)]
    i = 4
    while i < n - 2:
      x = self.block(x, p, i, self.encoder_heads)
      _0 = torch.append(out, self.to_patch(x, patch))
      i = i + 12
    _1 = torch.append(out, self.to_patch(self.norm(x, p[n - 2], p[n - 1]), patch))
    return torch.stack(out)

  def to_patch(self: __torch__.Kernels, x: Tensor, patch: Tensor) -> Tensor:
    t = torch.slice(x, 1, 1)
    return torch.cosine_similarity(t, torch.index_select(t, 1, patch), -1, 9.9999999999999998e-13)
