# What measurements need beside the kernels that they measure.
class Bench(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # `times` products of two square matrices, in bf16 if asked; the sum of the last keeps them from being left out
  def products(self: __torch__.Bench, a: Tensor, b: Tensor, bf16: bool, times: int) -> Tensor:
    if bf16:
      a = torch.to(a, 15)
      b = torch.to(b, 15)
    c = a
    for i in range(times):
      c = torch.matmul(a, b)
    return torch.sum(torch.to(torch.slice(c, 0, 0, 1), 6))

  # d loss / d p of a model that keeps its parameters to itself
  def gradients(self: __torch__.Bench, loss: Tensor, p: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for g in torch.grad([loss], p):
      _0 = torch.append(out, unchecked_cast(Tensor, g))
    return out
