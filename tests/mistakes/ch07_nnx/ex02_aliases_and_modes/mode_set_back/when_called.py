from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


class EvalView(nnx.Module):
    def __init__(self, model):
        self.model = model

    def __call__(self, x):
        self.model.eval()
        y = self.model(x)
        self.model.train()
        return y


def eval_view(model):
    return EvalView(model)
