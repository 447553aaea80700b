
  # ---- the training step with recomputation: forward keeps the input of every block alone, backward runs each block again.
  # Nothing here draws random numbers (dropout masks come from outside), so the second pass is the first bit for bit.

  # the inputs of the blocks from `first` to `last`, and behind them the last one's output; no graph is kept
  def kept(self: __torch__.Kernels, x: Tensor, p: List[Tensor], first: int, last: int, heads: int) -> List[Tensor]:
    xs = [torch.detach(x)]
    i = first
    while i < last:
      _0 = torch.append(xs, torch.detach(self.block(xs[-1], p, i, heads)))
      i = i + 12
    return xs

  # g = d loss / d y -> d loss / d x, then d loss / d p through all the blocks, whose inputs xs are used up
  def back_blocks(self: __torch__.Kernels, g: Tensor, xs: List[Tensor], p: List[Tensor], first: int, last: int, heads: int) -> List[Tensor]:
    out = [g]
    i = last - 12
    while i >= first:
      leaf = torch.requires_grad_(torch.pop(xs))
      own = self.back(self.block(leaf, p, i, heads), out[0], leaf, torch.slice(p, i, i + 12))
      out = torch.add(own, torch.slice(out, 1))
      i = i - 12
    return out

  def tokens_of(self: __torch__.Kernels, imgs: Tensor, ids: Tensor, mean: Tensor, std: Tensor, drop: Tensor, p: List[Tensor]) -> Tensor:
    keep = torch.slice(ids, 1, 0, self.visible)
    if torch.eq(torch.numel(drop), 0):
      return self.enter(self.embed(imgs, keep, mean, std, p), keep, p)
    return self.enter(self.embed_dle(imgs, keep, mean, std, drop, p), torch.repeat(keep, [2, 1]), p)

  # latent -> [d loss / d latent, the three losses, d loss / d p of the decoder's trained parameters]
  def back_decoder(self: __torch__.Kernels, latent: Tensor, imgs: Tensor, ids: Tensor, mean: Tensor, std: Tensor, p: List[Tensor]) -> List[Tensor]:
    n = torch.len(p)
    heads = self.decoder_heads
    xs = self.kept(self.decoder_enter(latent, ids, p), p, 16, n - 16, heads)
    leaf = torch.requires_grad_(torch.pop(xs))
    losses = self.losses(self.decoder_end(leaf, torch.size(latent, 1), p), imgs, ids, mean, std)
    last = self.back(losses[0], torch.ones_like(losses[0]), leaf, torch.slice(p, n - 16))
    losses[0] = torch.detach(losses[0])
    middle = self.back_blocks(last[0], xs, p, 16, n - 16, heads)
    own = torch.slice(p, 0, 3)
    if n - 8 > 12:
      own = torch.add(own, torch.slice(p, 4, 16))
    leaf = torch.requires_grad_(torch.detach(latent))
    first = self.back(self.decoder_enter(leaf, ids, p), middle[0], leaf, own)
    grads = torch.add(torch.add(torch.slice(first, 1), torch.slice(middle, 1)), torch.slice(last, 1))
    return torch.add(torch.add([first[0]], losses), grads)

  # e, a, d: parameters of the encoder, of the AEE layer (without one: any single array) and of the decoder; drop as for DLE,
  # else empty -> the three losses and the gradients in the order of the trained parameters: encoder, decoder, AEE layer
  def step_recomputed(self: __torch__.Kernels, imgs: Tensor, ids: Tensor, mean: Tensor, std: Tensor, drop: Tensor, e: List[Tensor], a: List[Tensor], d: List[Tensor]) -> List[Tensor]:
    n = torch.len(e)
    heads = self.encoder_heads
    xs = self.kept(self.tokens_of(imgs, ids, mean, std, drop, e), e, 4, n - 2, heads)
    features = torch.detach(self.norm(xs[-1], e[n - 2], e[n - 1]))
    layer = annotate(List[Tensor], [])
    if torch.len(a) > 1:
      decoder = self.back_decoder(torch.detach(self.branch_aee(features, a)), imgs, ids, mean, std, d)
      leaf = torch.requires_grad_(features)
      layer = self.back(self.branch_aee(leaf, a), decoder[0], leaf, a)
      g = layer[0]
    else:
      decoder = self.back_decoder(features, imgs, ids, mean, std, d)
      g = decoder[0]
    leaf = torch.requires_grad_(torch.pop(xs))
    end = self.back(self.norm(leaf, e[n - 2], e[n - 1]), g, leaf, torch.slice(e, n - 2))
    middle = self.back_blocks(end[0], xs, e, 4, n - 2, heads)
    begin = self.back(self.tokens_of(imgs, ids, mean, std, drop, e), middle[0], e[0], torch.slice(e, 2, 4))
    grads = torch.add(torch.add(begin, torch.slice(middle, 1)), torch.slice(end, 1))
    return torch.add(torch.add(torch.slice(decoder, 1, 4), grads), torch.add(torch.slice(decoder, 4), torch.slice(layer, 1)))
