class Sample(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  scale : float
  offset : int
  twice : bool

  def shifted(self: __torch__.Sample, x: Tensor, more: float, xs: List[Tensor]) -> Tensor:
    for y in xs:
      x = torch.add(x, y)
    x = torch.mul(x, self.scale)
    if self.twice:
      x = torch.add(torch.add(x, self.offset), more)
    return x

  def squared_loss(self: __torch__.Sample, x: Tensor, p: List[Tensor]) -> List[Tensor]:
    loss = torch.sum(torch.pow(torch.matmul(p[0], x), 2))
    out = [torch.detach(loss)]
    for g in torch.grad([loss], p):
      _0 = torch.append(out, unchecked_cast(Tensor, g))
    return out
